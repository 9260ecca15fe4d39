import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { initialParameters, prepareBackend } from "@tributary/model";
import { decodeValues, encodeRecord, encodeValues, networkOf, type Plan } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { testDataset } from "../../testing/dataset.ts";
import { testPlan } from "../../testing/plan.ts";
import { emptyMemory } from "./client-memory.ts";
import { decodeClientMemory, encodeClientMemory } from "./client-memory-bytes.ts";
import { createLocalTrainer } from "./local-trainer.ts";

const rate = 0.05;
const scaffold: Plan = {
  ...testPlan,
  local: { ...testPlan.local, optimizer: { kind: "sgd", learningRate: rate } },
  strategy: { kind: "scaffold", serverRate: 1, population: null },
};
const start = initialParameters(networkOf(testPlan), 1);
const control = start.map((_, at) => Math.sin(at) / 50);
const open = () =>
  createLocalTrainer({ dataset: testDataset(30), holdOut: null, source: "shard-0", backend: "cpu" });
/** Every round begins at a model of its own, but for those that follow an abandoned one. */
const modelOf = (round: number) => start.map((value, at) => value + Math.cos(round + at) / 100);
const request = (
  round: number,
  plan = scaffold,
  given: Float32Array | null = control,
  start: Float32Array = modelOf(round),
) => ({
  round,
  plan,
  start,
  control: given,
  onBatch: () => undefined,
  signal: new AbortController().signal,
});
const memoryOf = (trainer: ReturnType<typeof open>) => {
  const bytes = trainer.exportMemory();
  return bytes && decodeClientMemory(bytes);
};

beforeAll(async () => {
  await tf.setBackend("cpu");
  prepareBackend();
});

test("[G9] under SGD the new control variate is option II of SCAFFOLD: c_i - c + (x - y_i) / (K rate)", async () => {
  const trainer = open();
  let own = new Float32Array(start.length);
  for (const round of [1, 2]) {
    const start = modelOf(round);
    const { parameters, batches, controlDelta } = await trainer.train(request(round));
    const optionTwo = own.map(
      (value, at) =>
        value - (control[at] ?? 0) + ((start[at] ?? 0) - (parameters[at] ?? 0)) / (batches * rate),
    );
    const next = own.map((value, at) => value + (controlDelta?.[at] ?? 0));
    const apart = Math.max(...next.map((value, at) => Math.abs(value - (optionTwo[at] ?? 0))));
    expect(apart).toBeLessThan(1e-5);
    expect(Math.max(...next.map(Math.abs))).toBeGreaterThan(1e-2);
    await trainer.settle(round, true);
    own = Float32Array.from(next);
  }
});

test("[G9] with c equal to c_i a client trains as under federated averaging", async () => {
  const plain = await open().train(request(1, { ...scaffold, strategy: { kind: "fedavg" } }, null));
  const first = await open().train(request(1, scaffold, null));
  expect(first.parameters).toEqual(plain.parameters);
  expect(plain.controlDelta).toBeNull();
  expect(first.controlDelta).toHaveLength(start.length);
});

/** Trains once more; the c_i that this training went on from, null for zero. */
async function controlBefore(
  trainer: ReturnType<typeof open>,
  round: number,
  start: Float32Array = modelOf(round),
) {
  await trainer.train(request(round, scaffold, control, start));
  return memoryOf(trainer)?.control ?? null;
}

test("[G10] an update that was refused moves no control variate, one that was committed moves it once", async () => {
  const trainer = open();
  const refused = await trainer.train(request(1));
  await trainer.settle(1, false);
  expect(memoryOf(trainer)).toMatchObject({ control: null, pending: null });
  const again = await trainer.train(request(1));
  expect(again.controlDelta).toEqual(refused.controlDelta);
  await trainer.settle(1, true);
  await trainer.settle(1, true);
  expect(await controlBefore(trainer, 2)).toEqual(again.controlDelta);
});

test("[G10] a committed update of a round that was abandoned moves no control variate, over a reload too", async () => {
  const trainer = open();
  const abandoned = await trainer.train(request(1));
  await trainer.settle(1, true);
  const reloaded = open();
  reloaded.importMemory(trainer.exportMemory() ?? new Uint8Array());
  // The round after an abandoned one has another number and the same model.
  for (const one of [trainer, reloaded]) {
    expect(await controlBefore(one, 2, modelOf(1))).toBeNull();
    await one.settle(2, true);
  }
  const taken = memoryOf(trainer)?.pending?.delta;
  expect(taken).not.toEqual(abandoned.controlDelta);
  expect(await controlBefore(trainer, 3)).toEqual(taken);
});

test("[G10] the last word on an update that comes after a reload, or during the next training, is heeded", async () => {
  const trainer = open();
  const first = await trainer.train(request(1));
  const reloaded = open();
  expect(reloaded.importMemory(trainer.exportMemory() ?? new Uint8Array())).toBe(true);
  const training = reloaded.train({ ...request(2), onBatch: () => void reloaded.settle(1, true) });
  const second = await training;
  const kept = memoryOf(reloaded);
  expect(kept?.control).toEqual(first.controlDelta);
  expect(kept?.pending?.delta).toEqual(second.controlDelta);
});

test("[G10] the last word on an update is not taken for one on the update after it", async () => {
  const trainer = open();
  await trainer.train(request(1));
  await trainer.train(request(2));
  await trainer.settle(1, true);
  expect(memoryOf(trainer)?.pending).toMatchObject({ round: 2, committed: false });
  expect(await controlBefore(trainer, 3)).toBeNull();
});

test("[G10] in float16 the client adds what the server adds", async () => {
  const trainer = open();
  const plan: Plan = { ...scaffold, updateDtype: "float16" };
  const { controlDelta } = await trainer.train(request(1, plan));
  await trainer.settle(1, true);
  expect(decodeValues(encodeValues(Float32Array.from(controlDelta ?? []), "float16"), "float16")).toEqual(
    controlDelta,
  );
  await trainer.train(request(2, plan));
  expect(memoryOf(trainer)?.control).toEqual(controlDelta);
});

test("[G11] FedProx holds a client nearer to the round's model, the more the larger mu is", async () => {
  const distance = async (mu: number) => {
    const plan: Plan = { ...scaffold, strategy: { kind: "fedprox", mu } };
    const { parameters } = await open().train(request(1, plan, null, start));
    return Math.hypot(...parameters.map((value, at) => value - (start[at] ?? 0)));
  };
  const [free, held, tight] = [await distance(0), await distance(1), await distance(10)];
  expect(held).toBeLessThan(free);
  expect(tight).toBeLessThan(held);
});

test("[G12] a memory comes back from its bytes, and bytes that are none are left aside", () => {
  const vector = Float32Array.of(1, -2, 3);
  const pending = { round: 70_000, delta: vector, snapshot: "0a".repeat(32), committed: true };
  const optimizer = { kind: "adam", first: vector, second: vector, steps: 7 } as const;
  for (const memory of [
    { optimizer, control: vector, pending },
    { optimizer: null, control: null, pending: { ...pending, committed: false } },
    { optimizer: null, control: vector, pending: null },
    { optimizer: { kind: "sgd" } as const, control: null, pending: null },
  ]) {
    const bytes = encodeClientMemory(memory);
    expect(decodeClientMemory(bytes)).toEqual(memory);
    expect(decodeClientMemory(bytes.subarray(0, bytes.length - 1))).toBeNull();
    expect(decodeClientMemory(Uint8Array.from([...bytes, 0]))).toBeNull();
  }
});

test("[G12] the bytes of a version with another layout, and noise, are left aside", () => {
  const absent = [0xff, 0xff, 0xff, 0xff];
  for (const bytes of [
    [...absent, ...absent, ...absent],
    [5, 0, 0, 0, 0, 0, 0, 0, 0, ...absent, ...absent],
    [...absent, 4, 0, 0, 0, 0, 0, 128, 63, ...absent],
    [],
    [0xc1],
  ]) {
    expect(decodeClientMemory(Uint8Array.from(bytes))).toBeNull();
  }
  const memory = { version: 1, optimizer: null, control: null, pending: null };
  expect(decodeClientMemory(encodeRecord(memory))).toEqual(emptyMemory);
  for (const other of [
    { ...memory, version: 2 },
    { ...memory, control: Uint8Array.of(1, 2, 3) },
    { ...memory, optimizer: { kind: "adam", first: Uint8Array.of(), second: Uint8Array.of(), steps: -1 } },
    { ...memory, optimizer: { kind: "lamb" } },
    { ...memory, pending: { round: 1, delta: Uint8Array.of(), snapshot: "abc", committed: true } },
  ]) {
    expect(decodeClientMemory(encodeRecord(other))).toBeNull();
  }
});
