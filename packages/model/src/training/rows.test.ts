import * as tf from "@tensorflow/tfjs-core";
import type { LocalTraining, MlpSpec } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { prepareBackend } from "../backend.ts";
import { initialParameters } from "../network/initial-parameters.ts";
import { openWasm } from "../node/open-wasm.ts";
import { createRng } from "../rng.ts";
import type { ImageDataset, RowDataset, ValueRowDataset } from "./dataset.ts";
import { evaluate } from "./evaluate.ts";
import { initialOptimizerState } from "./optimizer.ts";
import { trainLocally } from "./train-locally.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

const classes: MlpSpec = { kind: "mlp", input: [4], outputs: 3, loss: "cross-entropy", hidden: [8] };
const number: MlpSpec = { ...classes, outputs: 1, loss: "squared-error" };
const local: LocalTraining = {
  epochs: 4,
  batchSize: 16,
  optimizer: { kind: "adam", learningRate: 0.01 },
  keepOptimizerState: false,
};

/** Normal rows; the class is that of the largest of the first three features, the number a sum with some noise. */
function table(
  count: number,
  seed: number,
): { readonly labelled: RowDataset; readonly valued: ValueRowDataset } {
  const rng = createRng(seed);
  const rows = Float32Array.from({ length: 4 * count }, () => rng.normal());
  const rowOf = (at: number) => [...rows.subarray(4 * at, 4 * at + 4)];
  const labels = Uint8Array.from({ length: count }, (_, at) => {
    const firsts = rowOf(at).slice(0, 3);
    return firsts.indexOf(Math.max(...firsts));
  });
  const values = Float32Array.from({ length: count }, (_, at) => {
    const [a = 0, b = 0] = rowOf(at);
    return (a - b) / Math.SQRT2 + 0.1 * rng.normal();
  });
  const common = { features: 4, count, rows };
  return {
    labelled: { kind: "rows", ...common, classes: 3, labels },
    valued: { kind: "value-rows", ...common, values },
  };
}

function training(spec: MlpSpec, dataset: RowDataset | ValueRowDataset) {
  const start = initialParameters(spec, 1);
  const optimizerState = initialOptimizerState(local.optimizer, start.length);
  return { spec, start, dataset, preprocessing: null, local, optimizerState, seed: 2 };
}

test("[N32] rows with classes train as images do, and are measured with every metric of a classification", async () => {
  const [{ labelled }, { labelled: others }] = [table(300, 1), table(2500, 2)];
  const before = tf.memory().numTensors;
  const options = training(classes, labelled);
  const trained = await trainLocally(options);
  expect((await trainLocally(options)).parameters).toEqual(trained.parameters);
  const [first, last] = await Promise.all(
    [options.start, trained.parameters].map((parameters) =>
      evaluate({ spec: classes, parameters, dataset: others, preprocessing: null }),
    ),
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(last?.loss).toBeLessThan(first?.loss ?? 0);
  expect(last).toMatchObject({ kind: "classification", examples: 2500 });
  expect(last?.accuracy).toBeGreaterThan(0.8);
  expect(last?.auc).toBeGreaterThan(0.93);
  const recall = last?.recall ?? [];
  const found = recall.map((share, k) => (share ?? 0) * others.labels.filter((label) => label === k).length);
  expect(found.reduce((a, b) => a + b) / 2500).toBeCloseTo(last?.accuracy ?? 0, 9);
  expect(trained.accuracy).toBeGreaterThan(0.5);
});

test("[N32] rows with numbers train to a small squared error, and have an error and an explained share", async () => {
  const [{ valued }, { valued: others }] = [table(300, 1), table(500, 2)];
  const before = tf.memory().numTensors;
  const options = training(number, valued);
  const { parameters, accuracy, loss } = await trainLocally(options);
  expect(accuracy).toBeNull();
  expect(loss).toBeGreaterThan(0);
  const measured = await evaluate({ spec: number, parameters, dataset: others, preprocessing: null });
  expect(tf.memory().numTensors).toBe(before);
  if (measured.kind !== "regression") throw new Error("expected a regression");
  expect(measured.rmse).toBeLessThan(0.6);
  expect(measured.loss).toBeCloseTo(measured.rmse ** 2 / 2, 5);
  expect(measured.r2).toBeGreaterThan(0.6);
});

test("[N32] chosen examples are trained on and measured alone, each with the same weight", async () => {
  const { labelled, valued } = table(60, 3);
  const some = Uint32Array.from({ length: 20 }, (_, i) => 3 * i);
  const part: RowDataset = {
    ...{ ...labelled, count: 20, labels: Uint8Array.from(some, (at) => labelled.labels[at] ?? 0) },
    rows: Float32Array.from({ length: 80 }, (_, i) => labelled.rows[4 * (some[i >> 2] ?? 0) + (i % 4)] ?? 0),
  };
  const trained = await trainLocally({ ...training(classes, labelled), examples: some });
  expect(trained).toEqual(await trainLocally(training(classes, part)));
  const { parameters } = trained;
  const common = { spec: classes, parameters, preprocessing: null };
  const measured = await evaluate({ ...common, dataset: labelled, examples: some });
  expect(measured).toEqual(await evaluate({ ...common, dataset: part }));
  const none = new Uint32Array();
  await expect(evaluate({ ...common, dataset: labelled, examples: none })).rejects.toThrow("got none");
  await expect(trainLocally({ ...training(number, valued), examples: none })).rejects.toThrow("got none");
});

test("[N11] data of another kind, width or preprocessing than the network's is refused with both", async () => {
  const { labelled, valued } = table(10, 4);
  const before = tf.memory().numTensors;
  const refused = (change: object) =>
    expect(trainLocally({ ...training(classes, labelled), ...change })).rejects;
  await refused({ dataset: valued }).toThrow("expected examples with labels, got ones with values");
  await refused({ dataset: { ...labelled, features: 5 } }).toThrow(
    "expected rows of 4 features, got rows of 5 features",
  );
  const spec: MlpSpec = { ...classes, input: [4, 4, 3] };
  const images: ImageDataset = {
    ...{ kind: "images", image: [4, 4, 3], classes: 3, count: 1 },
    ...{ pixels: new Uint8Array(48), labels: Uint8Array.of(0) },
  };
  const start = initialParameters(spec, 1);
  const optimizerState = initialOptimizerState(local.optimizer, start.length);
  const asImages = { spec, start, optimizerState, dataset: images };
  await refused({ ...asImages, dataset: labelled }).toThrow("images of 4 x 4 x 3, got rows of 4 features");
  await refused(asImages).toThrow("a preprocessing of the images' pixels, got null");
  await refused({ ...asImages, preprocessing: { mean: [0], std: [1] } }).toThrow(
    "a mean and a deviation for each of 3 channels, got 1 and 1",
  );
  await expect(trainLocally({ ...training(number, valued), dataset: labelled })).rejects.toThrow(
    "expected examples with values, got ones with labels",
  );
  expect(tf.memory().numTensors).toBe(before);
});

test("[N35] each channel of an image has its own mean and deviation", async () => {
  const spec: MlpSpec = { kind: "mlp", input: [4, 4, 2], outputs: 2, loss: "cross-entropy", hidden: [] };
  const rng = createRng(1);
  const pixels = Uint8Array.from({ length: 64 }, () => rng.integer(256));
  const images: ImageDataset = {
    ...{ kind: "images", image: [4, 4, 2], classes: 2, count: 2, pixels, labels: Uint8Array.of(0, 1) },
  };
  const preprocessing = { mean: [0.2, 0.6], std: [0.5, 0.25] };
  const rows = Float32Array.from(pixels, (pixel, i) => {
    const channel = i % 2;
    return (pixel / 255 - (preprocessing.mean[channel] ?? 0)) / (preprocessing.std[channel] ?? 1);
  });
  const table: RowDataset = { kind: "rows", features: 32, classes: 2, count: 2, rows, labels: images.labels };
  const parameters = initialParameters(spec, 1);
  const seen = await evaluate({ spec, parameters, dataset: images, preprocessing });
  const expected = await evaluate({
    spec: { ...spec, input: [32] },
    ...{ parameters, dataset: table, preprocessing: null },
  });
  expect(seen.loss).toBeCloseTo(expected.loss, 5);
});
