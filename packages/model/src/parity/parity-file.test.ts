import "@tensorflow/tfjs-backend-cpu";
import { readdirSync, readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { prepareBackend } from "../backend.ts";
import { openWasm } from "../node/open-wasm.ts";
import { selfCheck } from "../self-check.ts";
import { failures, parityErrors } from "./parity-file.ts";
import { relativeError } from "./relative-error.ts";

const folder = new URL("../../fixtures/parity/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");
// Plain JavaScript takes seconds for the larger network.
const small = files.filter((name) => name !== "meta-gradient-28x28x1.json");

async function open(backend: string): Promise<void> {
  if (backend === "wasm") await openWasm();
  else await tf.setBackend(backend);
  prepareBackend();
}

describe.each([
  ["wasm", files],
  ["cpu", small],
] as const)("on %s", (backend, names) => {
  test.each(names)("[N3] %s agrees with PyTorch in float64", async (name) => {
    await open(backend);
    const before = tf.memory().numTensors;
    const errors = await parityErrors(read(name));
    expect(failures(errors)).toEqual([]);
    expect(Object.keys(errors).length).toBe(/^rows-(cross|squared)/.test(name) ? 7 : 8);
    // Rows lose no more than float32 does: no sum over many pixels.
    if (name.startsWith("rows-")) for (const error of Object.values(errors)) expect(error).toBeLessThan(2e-6);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("[N4] the self-check trusts the backend, and leaves no tensor", async () => {
    await open(backend);
    const before = tf.memory().numTensors;
    expect(await selfCheck()).toMatchObject({ ok: true });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("[N4] the self-check does not trust a backend whose kernel is wrong, and names what is off", async () => {
  await open("cpu");
  type Making = { makeTensorInfo(shape: number[], dtype: "float32", values: Float32Array): tf.TensorInfo };
  tf.registerKernel({
    kernelName: "ConvNetTangent",
    backendName: "cpu",
    kernelFunc: ({ inputs, backend }) =>
      [[], ...["theta", "images", "labels"].map((name) => (inputs[name] as tf.TensorInfo).shape)].map(
        (shape) =>
          (backend as Making).makeTensorInfo(
            shape,
            "float32",
            new Float32Array(tf.util.sizeFromShape(shape)),
          ),
      ),
  });
  try {
    const check = await selfCheck();
    expect(check.ok).toBe(false);
    expect(check.ok ? "" : check.reason).toMatch(/off on known numbers: dx by .*, dy by .*, dlr by/);
  } finally {
    tf.unregisterKernel("ConvNetTangent", "cpu");
  }
});

test("[N3] an error above its tolerance, or NaN, is a failure", () => {
  const good = { logits: 9e-5, losses: 0, gradient: 9e-4, end: 0, distance: 0, dx: 0, dy: 0, dlr: 0 };
  expect(failures(good)).toEqual([]);
  expect(failures({ ...good, logits: 2e-4, dlr: 2e-3, dy: Number.NaN })).toEqual(["logits", "dy", "dlr"]);
  expect(failures({ crop: { out: 2e-4, dx: 2e-4 } })).toEqual(["crop.out"]);
});

test("[N3] the error against an expectation of zero is absolute", () => {
  expect(relativeError([3, 4], [0, 0])).toBe(5);
  expect(relativeError([0, 0], [0, 0])).toBe(0);
  expect(relativeError([3, 4.5], [3, 4])).toBeCloseTo(0.1, 12);
});

test("[N5] a malformed file is refused with what is wrong in it", async () => {
  await open("wasm");
  const file = JSON.parse(read("meta-gradient-16x16x1.json"));
  const broken = (change: object) => parityErrors(JSON.stringify({ ...file, ...change }));
  await expect(parityErrors("{")).rejects.toThrow(/JSON/);
  await expect(parityErrors("[]")).rejects.toThrow(/the file must be an object/);
  await expect(broken({ classes: "four" })).rejects.toThrow('/classes must be a whole number, got "four"');
  await expect(broken({ channels: 2 })).rejects.toThrow(
    /expected layout entry 0 to be conv0\/kernel \[3, 3, 2/,
  );
  await expect(broken({ images: 2 })).rejects.toThrow(/expected 512 values in input.x, got 256/);
  const augmentations = JSON.parse(read("augment-9x12x1.json"));
  augmentations.cases[0].op = "sharpen";
  await expect(parityErrors(JSON.stringify(augmentations))).rejects.toThrow(
    'cases/0/op is not an augmentation: "sharpen"',
  );
});
