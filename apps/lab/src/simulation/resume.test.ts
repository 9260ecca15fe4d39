/** A simulated run that is stopped and goes on, between rounds and within a synthesis. */
import { prepareBackend, syntheticSetFromCheckpoint } from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import type { Plan } from "@tributary/protocol";
import { defaultSettings, strategies } from "@tributary/strategy";
import { beforeAll, expect, test } from "vitest";
import { dynafedPart, smallPart, spotData, spotPlan } from "../../testing/spots.ts";
import { resultFiles } from "./result-files.ts";
import { simulate } from "./simulate.ts";
import type { SimulationCheckpoint } from "./simulated-run.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

const fileOf = (result: Awaited<ReturnType<typeof simulate>>, name: string) =>
  resultFiles(result, { headline: "accuracy", seconds: 1, backend: "wasm" }).find(
    (file) => file.name === name,
  )?.content;

test("[Q1] a run that goes on from any of its checkpoints, within the synthesis too, ends in the same bytes", async () => {
  const checkpoints: SimulationCheckpoint[] = [];
  const whole = await simulate(spotPlan(dynafedPart), spotData, {
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
    const resumed = await simulate(spotPlan(dynafedPart), spotData, { checkpoint });
    expect(fileOf(resumed, "rounds.csv")).toBe(fileOf(whole, "rounds.csv"));
    expect(fileOf(resumed, "synthetic-set.bin")).toEqual(fileOf(whole, "synthetic-set.bin"));
    expect(resumed.parameters).toEqual(whole.parameters);
  }
});

test("[Q1] a run goes on to the same bytes with every strategy, whatever its server and clients remember", async () => {
  for (const { kind } of strategies) {
    const plan = { ...spotPlan({ ...smallPart, rounds: 5 }), strategy: defaultSettings(kind) };
    const checkpoints: SimulationCheckpoint[] = [];
    const whole = await simulate(plan, spotData, {
      onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
    });
    expect(await simulate(plan, spotData, { checkpoint: checkpoints[2] ?? null })).toEqual(whole);
  }
  expect(strategies.length).toBeGreaterThan(5);
});

test("[Q1] what has not changed from one checkpoint to the next is the same object", async () => {
  const [first, second] = await checkpointsOf(spotPlan(smallPart));
  const same = [...(second?.volunteers ?? [])].filter(([id, memory]) => memory === first?.volunteers.get(id));
  // Two of three volunteers train in a round.
  expect(same).toHaveLength(1);
  expect(second?.trajectory[1]).toBe(first?.trajectory[1]);
});

test("[Q2] an abort ends a run with the signal's reason, between volunteers and within a synthesis, which it checkpoints", async () => {
  const [early, late] = [new AbortController(), new AbortController()];
  const training = simulate(spotPlan(smallPart), spotData, {
    signal: early.signal,
    onRound: () => early.abort(new Error("enough")),
  });
  await expect(training).rejects.toThrow("enough");
  const kept: SimulationCheckpoint[] = [];
  const learning = simulate(spotPlan(dynafedPart), spotData, {
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
  const learning = simulate(spotPlan(dynafedPart), spotData, {
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
  expect(await simulate(spotPlan(dynafedPart), spotData, { checkpoint })).toEqual(
    await simulate(spotPlan(dynafedPart), spotData),
  );
});

test("[Q3] volunteers that train until the synthesis leave every later model to the server alone", async () => {
  const plan = spotPlan(dynafedPart);
  const always = await simulate(plan, spotData);
  const control = await simulate(plan, spotData, { volunteersTrain: "until-synthesis" });
  expect(control.rounds.slice(0, 4)).toEqual(always.rounds.slice(0, 4));
  const [fifth, sixth] = control.rounds.slice(4);
  expect(fifth).toMatchObject({ loss: null, bytesUp: 0, bytesDown: 0, participants: 2 });
  expect(fifth?.aggregate).toEqual(control.rounds[3]?.aggregate);
  expect(sixth?.aggregate).toEqual(fifth?.refined);
  expect(control.parameters).not.toEqual(always.parameters);
});

test("[L10] a refresh goes on from the set there is, and a run with one goes on from any checkpoint", async () => {
  const base = spotPlan({ ...dynafedPart, rounds: 10 });
  if (base.dynafed === null) throw new Error("expected a plan with DynaFed");
  const levers = { refreshEvery: 3, refreshIterations: 2, refineDecay: 0.5, refineShare: 0.5 };
  const plan = { ...base, dynafed: { ...base.dynafed, ...levers } };
  const checkpoints: SimulationCheckpoint[] = [];
  const result = await simulate(plan, spotData, {
    onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
  });
  expect(result.synthesis).toMatchObject({ round: 7 });
  expect(result.synthesis?.distances).toHaveLength(2);
  const first = checkpoints.find(({ state }) => state.round === 6)?.synthesis;
  const change = Math.abs((result.synthesis?.set.inputs[0] ?? 0) - (first?.set.inputs[0] ?? 0));
  // Two Adam steps of 0.05: it did not begin from noise again.
  expect(change).toBeGreaterThan(0);
  expect(change).toBeLessThan(0.11);
  for (const checkpoint of checkpoints.filter(({ state }) => state.round >= 6 && state.round <= 8)) {
    expect(await simulate(plan, spotData, { checkpoint })).toEqual(result);
  }
});

async function checkpointsOf(plan: Plan): Promise<readonly SimulationCheckpoint[]> {
  const checkpoints: SimulationCheckpoint[] = [];
  await simulate(plan, spotData, { onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint) });
  return checkpoints;
}
