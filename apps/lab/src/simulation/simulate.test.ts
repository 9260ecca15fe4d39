import * as tf from "@tensorflow/tfjs-core";
import {
  initialOptimizerState,
  initialParameters,
  initSeed,
  localSeed,
  parameterCount,
  prepareBackend,
  trainLocally,
} from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import { networkOf, preprocessingOf } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { measured } from "../../testing/measured.ts";
import { dynafedPart, smallPart, spotData, spotPlan } from "../../testing/spots.ts";
import { resultFiles, summarize } from "./result-files.ts";
import { simulate } from "./simulate.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

const fileOf = (result: Awaited<ReturnType<typeof simulate>>, name: string) =>
  resultFiles(result, { headline: "accuracy", seconds: 1, backend: "wasm" }).find(
    (file) => file.name === name,
  )?.content;

test("[M1] the same seed on the same backend gives the same rounds.csv and model, another seed others", async () => {
  const once = await simulate(spotPlan(dynafedPart), spotData);
  const again = await simulate(spotPlan(dynafedPart), spotData);
  const other = await simulate(spotPlan({ ...dynafedPart, seed: 2 }), spotData);
  expect(fileOf(again, "rounds.csv")).toBe(fileOf(once, "rounds.csv"));
  expect(again.parameters).toEqual(once.parameters);
  expect(fileOf(other, "rounds.csv")).not.toBe(fileOf(once, "rounds.csv"));
});

test("[M2] DynaFed refines every round after its trajectory is complete, and none before", async () => {
  const heard: number[] = [];
  const result = await simulate(spotPlan(dynafedPart), spotData, {
    onRound: ({ round }) => heard.push(round),
  });
  expect(heard).toEqual([1, 2, 3, 4, 5, 6]);
  expect(result.rounds.map(({ refined }) => refined !== null)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(result.rounds.map(({ participants }) => participants)).toEqual(new Array(6).fill(2));
  expect(result.synthesis).toMatchObject({ round: 4, set: { imagesPerClass: 2, classes: 2 } });
  expect(result.synthesis?.distances).toHaveLength(3);
  // 4 images of 64 values, 4 rows of 2 logits, the inner step.
  expect(fileOf(result, "synthetic-set.bin")).toHaveLength(4 * (4 * 64 + 4 * 2 + 1));
});

test("[M2] the rounds before the synthesis are those of plain averaging", async () => {
  const plain = await simulate(spotPlan({ ...smallPart, rounds: 6 }), spotData);
  const refined = await simulate(spotPlan(dynafedPart), spotData);
  expect(plain.rounds.slice(0, 4)).toEqual(refined.rounds.slice(0, 4));
  expect(plain.synthesis).toBeNull();
  expect(plain.rounds.every(({ refined }) => refined === null)).toBe(true);
});

test("[M3] a volunteer trains exactly as a live one with its seed, and its update travels the wire", async () => {
  const plan = spotPlan({ ...smallPart, sample: { shards: 1, alpha: 0.5 }, cohort: { size: 1 }, rounds: 1 });
  const start = initialParameters(networkOf(plan), initSeed(plan.seed));
  const trained = await trainLocally({
    spec: networkOf(plan),
    start,
    dataset: spotData.train,
    preprocessing: preprocessingOf(plan),
    local: plan.local,
    optimizerState: initialOptimizerState(plan.local.optimizer, start.length),
    seed: localSeed(plan.seed, 1, "shard-0"),
  });
  const { rounds, parameters } = await simulate(plan, spotData);
  for (const [at, value] of parameters.entries()) expect(value).toBeCloseTo(trained.parameters[at] ?? 0, 6);
  expect(rounds[0]?.loss).toBe(trained.loss);
  const bytes = 4 * parameterCount(networkOf(plan));
  for (const travelled of [rounds[0]?.bytesUp ?? 0, rounds[0]?.bytesDown ?? 0]) {
    expect(travelled).toBeGreaterThan(bytes);
    expect(travelled).toBeLessThan(bytes + 1000);
  }
});

test("[M4] each client keeps its optimiser's state from round to round", async () => {
  const plan = spotPlan({ ...smallPart, sample: { shards: 1, alpha: 0.5 }, cohort: { size: 1 }, rounds: 2 });
  const forgetful = { ...plan, local: { ...plan.local, keepOptimizerState: false } };
  const kept = await simulate(plan, spotData);
  const forgotten = await simulate(forgetful, spotData);
  expect(kept.rounds[0]).toEqual(forgotten.rounds[0]);
  expect(kept.parameters).not.toEqual(forgotten.parameters);
});

test("[M5] a simulation leaves no tensor behind", async () => {
  await simulate(spotPlan(dynafedPart), spotData);
  const before = tf.memory().numTensors;
  await simulate(spotPlan(dynafedPart), spotData);
  expect(tf.memory().numTensors).toBe(before);
});

test("[M7] summary.json takes the last 20 rounds' mean and spread, and the best", () => {
  const rounds = Array.from({ length: 45 }, (_, at) => ({
    round: at + 1,
    participants: 1,
    aggregate: measured(0),
    refined: measured(at < 25 ? 0.9 : at % 2 === 0 ? 0.4 : 0.6),
    federated: null,
    loss: 1,
    bytesUp: 1,
    bytesDown: 1,
  }));
  const { last20Mean, last20Std, ...rest } = summarize(rounds, "accuracy");
  expect(rest).toEqual({ headline: "accuracy", final: 0.4, best: 0.9 });
  expect(last20Mean).toBeCloseTo(0.5, 12);
  expect(last20Std).toBeCloseTo(0.1, 12);
  expect(summarize(rounds.slice(0, 30), "accuracy").last20Mean).toBeCloseTo((10 * 0.9 + 5 * 0.5) / 15, 1);
});
