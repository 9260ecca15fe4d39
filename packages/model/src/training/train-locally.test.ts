import * as tf from "@tensorflow/tfjs-core";
import type { LocalTraining } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { prepareBackend } from "../backend.ts";
import { initialParameters } from "../network/initial-parameters.ts";
import { openWasm } from "../node/open-wasm.ts";
import { relativeError } from "../parity/relative-error.ts";
import { createRng } from "../rng.ts";
import type { ImageDataset } from "./dataset.ts";
import { evaluate } from "./evaluate.ts";
import type { GradientCorrection } from "./gradient-correction.ts";
import { initialOptimizerState } from "./optimizer.ts";
import { trainLocally } from "./train-locally.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

const spec = {
  kind: "convnet" as const,
  image: [8, 8, 1] as [number, number, number],
  classes: 2,
  width: 4,
  depth: 2,
};
const preprocessing = { mean: [0.5], std: [0.25] };
const local: LocalTraining = {
  epochs: 2,
  batchSize: 8,
  optimizer: { kind: "adam", learningRate: 0.01 },
  keepOptimizerState: true,
};
const start = initialParameters(spec, 1);

/** Class 1 is bright on the left half, class 0 on the right; noise on both. */
function halves(count: number, seed: number): ImageDataset {
  const rng = createRng(seed);
  const labels = Uint8Array.from({ length: count }, () => rng.integer(2));
  const pixels = Uint8Array.from({ length: count * 64 }, (_, i) => {
    const left = i % 8 < 4;
    return rng.integer(100) + (left === (labels[Math.floor(i / 64)] === 1) ? 100 : 0);
  });
  return { kind: "images", image: [8, 8, 1], classes: 2, count, pixels, labels };
}

const options = (dataset: ImageDataset) => ({
  spec,
  start,
  dataset,
  preprocessing,
  local,
  optimizerState: initialOptimizerState(local.optimizer, start.length),
  seed: 9,
});

test("[N10] local training takes every batch of every epoch, the last one smaller, and learns", async () => {
  const dataset = halves(44, 1);
  const [given, seen] = [start.slice(), [] as number[]];
  const result = await trainLocally({ ...options(dataset), onBatch: ({ batch }) => seen.push(batch) });
  expect(result).toMatchObject({ examples: 44, batches: 12 });
  expect(seen).toEqual([8, 12]);
  expect(start).toEqual(given);
  expect(result.loss).toBeGreaterThan(0);
  const [before, after] = await Promise.all([
    evaluate({ spec, parameters: start, dataset: halves(60, 2), preprocessing }),
    evaluate({ spec, parameters: result.parameters, dataset: halves(60, 2), preprocessing }),
  ]);
  expect(after.loss).toBeLessThan(before.loss);
  expect(after.accuracy).toBeGreaterThan(0.9);
});

test("[N10] the same seed trains to the same bits, another to others", async () => {
  const dataset = halves(20, 3);
  const first = await trainLocally(options(dataset));
  expect((await trainLocally(options(dataset))).parameters).toEqual(first.parameters);
  expect((await trainLocally({ ...options(dataset), seed: 10 })).parameters).not.toEqual(first.parameters);
});

test("[N11] an abort rejects with its reason, a misfit with the value, and neither leaves a tensor", async () => {
  const before = tf.memory().numTensors;
  const stop = new AbortController();
  const reason = new Error("the volunteer left");
  const stopped = trainLocally({
    ...options(halves(80, 4)),
    signal: stop.signal,
    onBatch: () => stop.abort(reason),
  });
  await expect(stopped).rejects.toBe(reason);
  const dataset = halves(4, 5);
  const refused = (change: object) => expect(trainLocally({ ...options(dataset), ...change })).rejects;
  await refused({ dataset: { ...dataset, labels: Uint8Array.of(0, 1, 2, 0) } }).toThrow(
    "labels below 2, got 2",
  );
  await refused({ dataset: { ...dataset, image: [8, 9, 1] } }).toThrow(
    "images of 8 x 8 x 1, got images of 8 x 9 x 1",
  );
  await refused({ start: start.subarray(1) }).toThrow(`${start.length} parameters, got ${start.length - 1}`);
  await refused({ dataset: { ...dataset, count: 0 } }).toThrow("at least one example, got none");
  await refused({ optimizerState: initialOptimizerState(local.optimizer, 3) }).toThrow(
    `expected ${start.length} values in the optimizer state, got 3`,
  );
  await refused({ optimizerState: { kind: "sgd" } }).toThrow("optimizer state of adam, got that of sgd");
  expect(tf.memory().numTensors).toBe(before);
});

test("[N31] an evaluation of several batches, the last one smaller, weighs every example the same", async () => {
  const dataset = halves(230, 7);
  const part = (from: number, to: number) => ({
    ...dataset,
    count: to - from,
    pixels: dataset.pixels.subarray(from * 64, to * 64),
    labels: dataset.labels.subarray(from, to),
  });
  const of = (data: ImageDataset) => evaluate({ spec, parameters: start, dataset: data, preprocessing });
  const [whole, first, rest] = await Promise.all([of(dataset), of(part(0, 90)), of(part(90, 230))]);
  expect(whole.loss).toBeCloseTo((90 * first.loss + 140 * rest.loss) / 230, 5);
  expect(whole.accuracy).toBeCloseTo((90 * first.accuracy + 140 * rest.accuracy) / 230, 12);
});

test("[N11] an evaluation ends on an abort with its reason, and on a misfit with the value", async () => {
  const before = tf.memory().numTensors;
  const [dataset, stop] = [halves(230, 4), new AbortController()];
  const evaluation = { spec, parameters: start, dataset, preprocessing, signal: stop.signal };
  const reason = new Error("the job was cancelled");
  const stopped = evaluate(evaluation);
  stop.abort(reason);
  await expect(stopped).rejects.toBe(reason);
  await expect(evaluate({ ...evaluation, parameters: start.subarray(1) })).rejects.toThrow(
    `${start.length} parameters, got ${start.length - 1}`,
  );
  await expect(evaluate({ ...evaluation, dataset: { ...dataset, count: 0 } })).rejects.toThrow("got none");
  expect(tf.memory().numTensors).toBe(before);
});

test("[N18] a correction adds mu (theta - start) and the control to every gradient, and the mean gradient is the raw one's", async () => {
  const sgd = { ...local, optimizer: { kind: "sgd" as const, learningRate: 0.05 }, batchSize: 40, epochs: 1 };
  const common = { ...options(halves(40, 6)), local: sgd, optimizerState: { kind: "sgd" as const } };
  const before = tf.memory().numTensors;
  const plain = await trainLocally({ ...common, keepMeanGradient: true });
  const first = plain.meanGradient as Float32Array;
  const along = (gradient: Float32Array) => start.map((w, i) => w - 0.05 * (gradient[i] as number));
  expect(relativeError(plain.parameters, along(first))).toBeLessThan(1e-6);

  const control = start.map((_, i) => 0.01 * ((i % 5) - 2));
  const pushed = await trainLocally({ ...common, correction: { proximal: 3, control } });
  const corrected = first.map((g, i) => g + (control[i] as number));
  expect(relativeError(pushed.parameters, along(corrected))).toBeLessThan(1e-6);
  expect(pushed.meanGradient).toBeNull();

  // Two steps: their sum is g_1 + g_2 + 2 control + mu (theta_1 - start), and theta_1 - start = -0.05 (g_1 + control).
  const local2 = { ...sgd, epochs: 2 };
  const correction = { proximal: 3, control };
  const twice = await trainLocally({ ...common, local: local2, correction, keepMeanGradient: true });
  const raw = twice.meanGradient as Float32Array;
  const sum = raw.map((g, i) => 2 * g + 2 * (control[i] as number) - 3 * 0.05 * (corrected[i] as number));
  const moved = (parameters: Float32Array) => parameters.map((w, i) => w - (start[i] as number));
  expect(relativeError(moved(twice.parameters), moved(along(sum)))).toBeLessThan(1e-5);
  expect(tf.memory().numTensors).toBe(before);
});

test("[N18] a control of another length and a negative mu are refused", async () => {
  const train = (correction: GradientCorrection) => trainLocally({ ...options(halves(4, 6)), correction });
  const control = start.subarray(1);
  await expect(train({ proximal: 0, control })).rejects.toThrow(
    `expected ${start.length} values in the control variate, got ${control.length}`,
  );
  await expect(train({ proximal: -1, control: null })).rejects.toThrow("weight of at least 0, got -1");
});
