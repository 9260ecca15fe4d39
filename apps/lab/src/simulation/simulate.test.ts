import * as tf from "@tensorflow/tfjs-core";
import {
  createRng,
  type Dataset,
  initialOptimizerState,
  initialParameters,
  initSeed,
  localSeed,
  parameterCount,
  prepareBackend,
  syntheticSetFromCheckpoint,
  trainLocally,
} from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import type { Plan } from "@tributary/protocol";
import { defaultSettings, strategies } from "@tributary/strategy";
import { beforeAll, expect, test } from "vitest";
import { resultFiles, summarize } from "./result-files.ts";
import { simulate } from "./simulate.ts";
import type { SimulationCheckpoint } from "./simulation.ts";
import { type Parsed, parseSimulationConfig, planOfConfig } from "./simulation-config.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

/** Two classes: dark and bright images, with noise. */
function spots(count: number, seed: number): Dataset {
  const rng = createRng(seed);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
  const pixels = Uint8Array.from({ length: count * 64 }, (_, at) => {
    const bright = labels[Math.floor(at / 64)] === 1;
    return (bright ? 100 : 20) + rng.integer(130);
  });
  return { image: [8, 8, 1], classes: 2, count, pixels, labels };
}

const data = { train: spots(60, 1), test: spots(20, 2) };
const small = {
  seed: 1,
  alpha: 0.5,
  clients: 3,
  perRound: 2,
  width: 2,
  rounds: 3,
  batch: 8,
  strategy: "fedavg",
};
const dynafed = {
  ...small,
  rounds: 6,
  strategy: "dynafed",
  snapshots: 5,
  imagesPerClass: 2,
  innerSteps: 2,
  iterations: 3,
  refineSteps: 2,
};

function planOf(config: object): Plan {
  const { image, classes } = data.train;
  const counts = { image, classes, train: data.train.count, test: data.test.count };
  return expectOk(planOfConfig(expectOk(parseSimulationConfig(JSON.stringify(config))), counts));
}

function expectOk<Value>(parsed: Parsed<Value>): Value {
  if (!parsed.ok) throw new Error(parsed.problems.join("; "));
  return parsed.value;
}

const fileOf = (result: Awaited<ReturnType<typeof simulate>>, name: string) =>
  resultFiles(result, { seconds: 1, backend: "wasm" }).find((file) => file.name === name)?.content;

test("[M1] the same seed on the same backend gives the same rounds.csv and model, another seed others", async () => {
  const once = await simulate(planOf(dynafed), data);
  const again = await simulate(planOf(dynafed), data);
  const other = await simulate(planOf({ ...dynafed, seed: 2 }), data);
  expect(fileOf(again, "rounds.csv")).toBe(fileOf(once, "rounds.csv"));
  expect(again.parameters).toEqual(once.parameters);
  expect(fileOf(other, "rounds.csv")).not.toBe(fileOf(once, "rounds.csv"));
});

test("[M2] DynaFed refines every round after its trajectory is complete, and none before", async () => {
  const heard: number[] = [];
  const result = await simulate(planOf(dynafed), data, { onRound: ({ round }) => heard.push(round) });
  expect(heard).toEqual([1, 2, 3, 4, 5, 6]);
  expect(result.rounds.map(({ accuracyRefined }) => accuracyRefined !== null)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  for (const { accuracy, accuracyAggregate, accuracyRefined, participants } of result.rounds) {
    expect(accuracy).toBe(accuracyRefined ?? accuracyAggregate);
    expect(participants).toBe(2);
  }
  expect(result.synthesis).toMatchObject({ round: 4, set: { imagesPerClass: 2, classes: 2 } });
  expect(result.synthesis?.distances).toHaveLength(3);
  // 4 images of 64 values, 4 rows of 2 logits, the inner step.
  expect(fileOf(result, "synthetic-set.bin")).toHaveLength(4 * (4 * 64 + 4 * 2 + 1));
});

test("[M2] the rounds before the synthesis are those of plain averaging", async () => {
  const plain = await simulate(planOf({ ...small, rounds: 6 }), data);
  const refined = await simulate(planOf(dynafed), data);
  expect(plain.rounds.slice(0, 4)).toEqual(refined.rounds.slice(0, 4));
  expect(plain.synthesis).toBeNull();
  expect(plain.rounds.every(({ accuracyRefined }) => accuracyRefined === null)).toBe(true);
});

test("[M3] a volunteer trains exactly as a live one with its seed, and its update travels the wire", async () => {
  const plan = planOf({ ...small, clients: 1, perRound: 1, rounds: 1 });
  const start = initialParameters(plan.network, initSeed(plan.seed));
  const trained = await trainLocally({
    spec: plan.network,
    start,
    dataset: data.train,
    preprocessing: plan.preprocessing,
    local: plan.local,
    optimizerState: initialOptimizerState(plan.local.optimizer, start.length),
    seed: localSeed(plan.seed, 1, "shard-0"),
  });
  const { rounds, parameters } = await simulate(plan, data);
  for (const [at, value] of parameters.entries()) expect(value).toBeCloseTo(trained.parameters[at] ?? 0, 6);
  expect(rounds[0]?.loss).toBe(trained.loss);
  const bytes = 4 * parameterCount(plan.network);
  for (const travelled of [rounds[0]?.bytesUp ?? 0, rounds[0]?.bytesDown ?? 0]) {
    expect(travelled).toBeGreaterThan(bytes);
    expect(travelled).toBeLessThan(bytes + 1000);
  }
});

test("[M4] each client keeps its optimiser's state from round to round", async () => {
  const plan = planOf({ ...small, clients: 1, perRound: 1, rounds: 2 });
  const forgetful = { ...plan, local: { ...plan.local, keepOptimizerState: false } };
  const kept = await simulate(plan, data);
  const forgotten = await simulate(forgetful, data);
  expect(kept.rounds[0]).toEqual(forgotten.rounds[0]);
  expect(kept.parameters).not.toEqual(forgotten.parameters);
});

test("[Q1] a run that goes on from any of its checkpoints, within the synthesis too, ends in the same bytes", async () => {
  const checkpoints: SimulationCheckpoint[] = [];
  const whole = await simulate(planOf(dynafed), data, {
    isCheckpointDue: () => true,
    onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
  });
  const phases = checkpoints.map(({ state, synthesizing }) =>
    synthesizing === null ? state.phase : "within",
  );
  expect(phases).toEqual([
    ...["waiting", "waiting", "waiting", "synthesizing", "within", "within", "within", "waiting", "finished"],
  ]);
  for (const checkpoint of checkpoints) {
    const resumed = await simulate(planOf(dynafed), data, { checkpoint });
    expect(fileOf(resumed, "rounds.csv")).toBe(fileOf(whole, "rounds.csv"));
    expect(fileOf(resumed, "synthetic-set.bin")).toEqual(fileOf(whole, "synthetic-set.bin"));
    expect(resumed.parameters).toEqual(whole.parameters);
  }
});

test("[Q1] a run goes on to the same bytes with every strategy, whatever its server and clients remember", async () => {
  for (const { kind } of strategies) {
    const plan = { ...planOf({ ...small, rounds: 5 }), strategy: defaultSettings(kind) };
    const checkpoints: SimulationCheckpoint[] = [];
    const whole = await simulate(plan, data, {
      onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
    });
    expect(await simulate(plan, data, { checkpoint: checkpoints[2] ?? null })).toEqual(whole);
  }
  expect(strategies.length).toBeGreaterThan(5);
});

test("[Q1] what has not changed from one checkpoint to the next is the same object", async () => {
  const [first, second] = await checkpointsOf(planOf(small));
  const same = [...(second?.volunteers ?? [])].filter(([id, memory]) => memory === first?.volunteers.get(id));
  // Two of three volunteers train in a round.
  expect(same).toHaveLength(1);
  expect(second?.trajectory[1]).toBe(first?.trajectory[1]);
});

test("[Q2] an abort ends a run with the signal's reason, between volunteers and within a synthesis, which it checkpoints", async () => {
  const [early, late] = [new AbortController(), new AbortController()];
  const training = simulate(planOf(small), data, {
    signal: early.signal,
    onRound: () => early.abort(new Error("enough")),
  });
  await expect(training).rejects.toThrow("enough");
  const kept: SimulationCheckpoint[] = [];
  const learning = simulate(planOf(dynafed), data, {
    signal: late.signal,
    onIteration: (iteration) => iteration === 2 && late.abort(new Error("no more")),
    onCheckpoint: async (checkpoint) => void kept.push(checkpoint),
  });
  await expect(learning).rejects.toThrow("no more");
  expect(kept.at(-1)?.synthesizing).not.toBeNull();
  expect(kept.at(-1)?.rounds).toHaveLength(4);
});

test("[Q2] an abort in the middle of an iteration keeps the last whole one, from which the run goes on to the same end", async () => {
  const stopping = new AbortController();
  const kept: SimulationCheckpoint[] = [];
  let iterations = 0;
  // Asked at each of an iteration's parts: it stops within the third.
  let asked = 0;
  Object.defineProperty(stopping.signal, "aborted", {
    get: () => iterations === 2 && ++asked > 2,
  });
  Object.defineProperty(stopping.signal, "reason", { value: new Error("no more") });
  const learning = simulate(planOf(dynafed), data, {
    signal: stopping.signal,
    onIteration: (iteration) => {
      iterations = iteration;
    },
    onCheckpoint: async (checkpoint) => void kept.push(checkpoint),
  });
  await expect(learning).rejects.toThrow("no more");
  expect(iterations).toBe(2);
  const checkpoint = kept.at(-1);
  if (checkpoint?.synthesizing == null) throw new Error("expected a checkpoint of a synthesis");
  expect(syntheticSetFromCheckpoint(checkpoint.synthesizing).iteration).toBe(2);
  expect(await simulate(planOf(dynafed), data, { checkpoint })).toEqual(
    await simulate(planOf(dynafed), data),
  );
});

test("[Q3] volunteers that train until the synthesis leave every later model to the server alone", async () => {
  const plan = planOf(dynafed);
  const always = await simulate(plan, data);
  const control = await simulate(plan, data, { volunteersTrain: "until-synthesis" });
  expect(control.rounds.slice(0, 4)).toEqual(always.rounds.slice(0, 4));
  const [fifth, sixth] = control.rounds.slice(4);
  expect(fifth).toMatchObject({ loss: null, bytesUp: 0, bytesDown: 0, participants: 2 });
  expect(fifth?.accuracyAggregate).toBe(control.rounds[3]?.accuracy);
  expect(sixth?.accuracyAggregate).toBe(fifth?.accuracyRefined);
  expect(control.parameters).not.toEqual(always.parameters);
});

async function checkpointsOf(plan: Plan): Promise<readonly SimulationCheckpoint[]> {
  const checkpoints: SimulationCheckpoint[] = [];
  await simulate(plan, data, { onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint) });
  return checkpoints;
}

test("[M5] a simulation leaves no tensor behind", async () => {
  await simulate(planOf(dynafed), data);
  const before = tf.memory().numTensors;
  await simulate(planOf(dynafed), data);
  expect(tf.memory().numTensors).toBe(before);
});

test("[M6] training that leaves the finite numbers stops the run, naming round and client", async () => {
  const plan = planOf({ ...small, clientOptimizer: "sgd", clientLr: 1 });
  const wild = { ...plan, preprocessing: { mean: 0, std: Number.MIN_VALUE } };
  await expect(simulate(wild, data)).rejects.toThrow(/^round 1, shard-\d: .*NaN/);
});

test("[M7] summary.json takes the last 20 rounds' mean and spread, and the best", () => {
  const rounds = Array.from({ length: 25 }, (_, at) => ({
    round: at + 1,
    participants: 1,
    accuracyAggregate: 0,
    accuracyRefined: null,
    accuracy: at < 5 ? 0.9 : at % 2 === 0 ? 0.4 : 0.6,
    loss: 1,
    bytesUp: 1,
    bytesDown: 1,
  }));
  const { last20Mean, last20Std, ...rest } = summarize(rounds, 12.5);
  expect(rest).toEqual({ final: 0.4, max: 0.9, seconds: 12.5 });
  expect(last20Mean).toBeCloseTo(0.5, 12);
  expect(last20Std).toBeCloseTo(0.1, 12);
});

test("[L10] a refresh goes on from the set there is, and a run with one goes on from any checkpoint", async () => {
  const base = planOf({ ...dynafed, rounds: 10 });
  if (base.dynafed === null) throw new Error("expected a plan with DynaFed");
  const levers = { refreshEvery: 3, refreshIterations: 2, refineDecay: 0.5, refineShare: 0.5 };
  const plan = { ...base, dynafed: { ...base.dynafed, ...levers } };
  const checkpoints: SimulationCheckpoint[] = [];
  const result = await simulate(plan, data, {
    onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
  });
  expect(result.synthesis).toMatchObject({ round: 7 });
  expect(result.synthesis?.distances).toHaveLength(2);
  const first = checkpoints.find(({ state }) => state.round === 6)?.synthesis;
  const change = Math.abs((result.synthesis?.set.images[0] ?? 0) - (first?.set.images[0] ?? 0));
  // Two Adam steps of 0.05: it did not begin from noise again.
  expect(change).toBeGreaterThan(0);
  expect(change).toBeLessThan(0.11);
  for (const checkpoint of checkpoints.filter(({ state }) => state.round >= 6 && state.round <= 8)) {
    expect(await simulate(plan, data, { checkpoint })).toEqual(result);
  }
});
