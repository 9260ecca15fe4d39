import { networkOf, preprocessingOf } from "@tributary/protocol";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {
  evaluate,
  holdOut,
  initialOptimizerState,
  initialParameters,
  localSeed,
  prepareBackend,
  trainLocally,
} from "@tributary/model";
import { beforeAll, expect, test } from "vitest";
import { testDataset } from "../../testing/dataset.ts";
import { testPlan } from "../../testing/plan.ts";
import { createLocalTrainer } from "./local-trainer.ts";

const start = initialParameters(networkOf(testPlan), 1);
const open = (source = "shard-0") =>
  createLocalTrainer({ dataset: testDataset(30), holdOut: null, source, backend: "cpu" });
const request = (round: number, keepOptimizerState = true) => ({
  round,
  plan: { ...testPlan, local: { ...testPlan.local, keepOptimizerState } },
  start,
  control: null,
  onBatch: () => undefined,
  signal: new AbortController().signal,
});

beforeAll(async () => {
  await tf.setBackend("cpu");
  prepareBackend();
});

test("[V28] the same data, round and plan give the same update; another source another one", async () => {
  const one = await open().train(request(1));
  const same = await open().train(request(1));
  const other = await open("shard-1").train(request(1));
  expect(same.parameters).toEqual(one.parameters);
  expect(other.parameters).not.toEqual(one.parameters);
});

test("[V29] the optimiser goes on from the last finished round, and from its exported bytes alike", async () => {
  const trainer = open();
  await trainer.train(request(1));
  const bytes = trainer.exportMemory();
  const second = await trainer.train(request(2));
  expect(second.optimizerState).toMatchObject({ kind: "adam", steps: 8 });
  const restored = open();
  expect(bytes && restored.importMemory(bytes)).toBe(true);
  expect((await restored.train(request(2))).parameters).toEqual(second.parameters);
  expect(restored.importMemory(Uint8Array.from([9, 9]))).toBe(false);
});

test("[V30] a plan that keeps no optimiser state begins every round afresh", async () => {
  const trainer = open();
  await trainer.train(request(1, false));
  expect(trainer.exportMemory()).toBeNull();
  expect((await trainer.train(request(2, false))).optimizerState).toMatchObject({ steps: 4 });
});

test("[V31] a training that was called off leaves no trace in the optimiser, and the next one waits for its end", async () => {
  const trainer = open();
  await trainer.train(request(1));
  const before = trainer.exportMemory();
  const controller = new AbortController();
  const calledOff = trainer.train({
    ...request(2),
    signal: controller.signal,
    onBatch: () => controller.abort(new Error("paused")),
  });
  const next = trainer.train(request(3));
  await expect(calledOff).rejects.toThrow("paused");
  expect(trainer.exportMemory()).toEqual(before);
  expect((await next).optimizerState).toMatchObject({ steps: 8 });
});

test("[V43] a model is measured as it came on what is held out, which is never trained on, round after round", async () => {
  const dataset = testDataset(30);
  const rule = { share: 0.3, seed: 5 };
  const { train, held } = holdOut(dataset, rule);
  expect(held.length).toBeGreaterThan(3);
  const trainer = createLocalTrainer({ dataset, holdOut: rule, source: "shard-0", backend: "cpu" });
  expect(trainer.examples).toBe(train.length);
  const result = await trainer.train(request(1));
  expect(result.examples).toBe(train.length);
  const common = { spec: networkOf(testPlan), parameters: start, preprocessing: preprocessingOf(testPlan) };
  expect(result.evaluation).toEqual(await evaluate({ ...common, dataset, examples: held }));
  expect(result.evaluation).toMatchObject({ kind: "classification", examples: held.length });
  // Whatever the held-out pictures hold, the training does not change.
  const other = { ...dataset, pixels: dataset.pixels.slice() };
  for (const at of held) other.pixels.fill(0, 16 * at, 16 * (at + 1));
  const chosen = await trainLocally({
    ...{ ...common, start, dataset: other, local: testPlan.local, examples: train },
    optimizerState: initialOptimizerState(testPlan.local.optimizer, start.length),
    seed: localSeed(testPlan.seed, 1, "shard-0"),
  });
  expect(result.parameters).toEqual(chosen.parameters);
  const again = createLocalTrainer({ dataset, holdOut: rule, source: "own-x", backend: "cpu" });
  expect((await again.train(request(2))).evaluation).toEqual(result.evaluation);
});

test("[V43] without a hold-out, and where the measurement is not finite, there is no evaluation", async () => {
  expect((await open().train(request(1))).evaluation).toBeNull();
  const holding = {
    dataset: testDataset(30),
    holdOut: { share: 0.3, seed: 5 },
    source: "s",
    backend: "cpu",
  } as const;
  const broken = { ...request(1), start: start.map(() => Number.NaN) };
  expect((await createLocalTrainer(holding).train(broken)).evaluation).toBeNull();
});

test("[V32] training holds no tensors between rounds", async () => {
  const trainer = open();
  await trainer.train(request(1));
  const { numTensors } = tf.memory();
  for (const round of [2, 3, 4]) await trainer.train(request(round));
  expect(tf.memory().numTensors).toBe(numTensors);
});
