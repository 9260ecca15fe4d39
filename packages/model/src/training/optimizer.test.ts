import * as tf from "@tensorflow/tfjs-core";
import type { OptimizerSpec } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { openWasm } from "../node/open-wasm.ts";
import { relativeError } from "../parity/relative-error.ts";
import { adamStepInPlace, startLearning } from "../synthesis/adam.ts";
import { applyStep, disposeState, downloadState, initialOptimizerState, uploadState } from "./optimizer.ts";

beforeAll(() => openWasm());

const gradients = [
  [0.5, -2, 1e-9],
  [0.1, 3, 0],
  [-0.4, 1, 1e-9],
];

/** Takes a step for each gradient, through a download and upload of the state after each. */
async function run(spec: OptimizerSpec): Promise<Float32Array> {
  let values = Float32Array.of(1, 2, 3);
  let kept = initialOptimizerState(spec, 3);
  for (const gradient of gradients) {
    const [value, slope, state] = [tf.tensor1d(values), tf.tensor1d(gradient), uploadState(kept)];
    const next = applyStep(spec, value, slope, state);
    values = Float32Array.from(await next.value.data());
    kept = await downloadState(next.state);
    tf.dispose([value, slope, next.value]);
    disposeState(state);
    disposeState(next.state);
  }
  return values;
}

test("[N9] SGD, momentum and Adam take PyTorch's steps, their state surviving from step to step", async () => {
  const before = tf.memory().numTensors;
  const sgd = await run({ kind: "sgd", learningRate: 0.1 });
  expect(relativeError(sgd, [0.98, 1.8, 3 - 2e-10])).toBeLessThan(1e-6);
  // Velocities of the first coordinate: 0.5, 0.55, 0.095.
  const momentum = await run({ kind: "momentum", learningRate: 0.1, momentum: 0.9 });
  expect(momentum[0]).toBeCloseTo(1 - 0.1 * (0.5 + 0.55 + 0.095), 6);
  // Adam by hand, in float64, with eps outside the corrected root.
  const [m, v, expected] = [
    [0, 0, 0],
    [0, 0, 0],
    [1, 2, 3],
  ];
  gradients.forEach((gradient, at) => {
    gradient.forEach((g, i) => {
      m[i] = 0.9 * (m[i] ?? 0) + 0.1 * g;
      v[i] = 0.999 * (v[i] ?? 0) + 0.001 * g * g;
      const spread = Math.sqrt((v[i] ?? 0) / (1 - 0.999 ** (at + 1))) + 1e-8;
      expected[i] = (expected[i] ?? 0) - (0.1 * ((m[i] ?? 0) / (1 - 0.9 ** (at + 1)))) / spread;
    });
  });
  expect(relativeError(await run({ kind: "adam", learningRate: 0.1 }), expected)).toBeLessThan(1e-6);
  const plain = startLearning(Float64Array.of(1, 2, 3));
  gradients.forEach((gradient, at) => {
    adamStepInPlace(plain, gradient, 0.1, at + 1);
  });
  expect(relativeError(plain.values, expected)).toBeLessThan(1e-12);
  expect(tf.memory().numTensors).toBe(before);
});

test("[N9] the state of one optimizer is refused by another", () => {
  const [value, gradient] = [tf.tensor1d([1]), tf.tensor1d([1])];
  expect(() => applyStep({ kind: "adam", learningRate: 1 }, value, gradient, { kind: "sgd" })).toThrow(
    "expected the optimizer state of adam, got that of sgd",
  );
  tf.dispose([value, gradient]);
});
