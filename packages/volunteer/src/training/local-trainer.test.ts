import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { initialParameters, prepareBackend } from "@tributary/model";
import { beforeAll, expect, test } from "vitest";
import { testDataset } from "../../testing/dataset.ts";
import { testPlan } from "../../testing/plan.ts";
import { createLocalTrainer } from "./local-trainer.ts";

const start = initialParameters(testPlan.network, 1);
const open = (source = "shard-0") => createLocalTrainer({ dataset: testDataset(30), source, backend: "cpu" });
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

test("[V32] training holds no tensors between rounds", async () => {
  const trainer = open();
  await trainer.train(request(1));
  const { numTensors } = tf.memory();
  for (const round of [2, 3, 4]) await trainer.train(request(round));
  expect(tf.memory().numTensors).toBe(numTensors);
});
