import * as tf from "@tensorflow/tfjs-core";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { beforeAll, expect, test } from "vitest";
import { prepareProblem, settings, spec } from "../../testing/synthesis-problem.ts";
import { prepareBackend } from "../backend.ts";
import { openWasm } from "../node/open-wasm.ts";
import { refineSeed, synthesisSeed } from "../seeds.ts";
import { syntheticSetFromCheckpoint } from "./checkpoint.ts";
import { refine } from "./refine.ts";
import { type CheckpointKeeper, type DynafedPlan, refineRound, synthesizeRound } from "./rounds.ts";
import { synthesize } from "./synthesize.ts";

const dynafed = {
  ...settings,
  iterations: 3,
  refreshEvery: 4,
  refreshIterations: 2,
  refineRate: 0.01,
  refineDecay: 0.5,
  refineShare: 0.75,
};
const plan: DynafedPlan = { seed: 7, task: taskOfNetwork(spec), dynafed };

let trajectory: readonly Float32Array[];
beforeAll(async () => {
  await openWasm();
  prepareBackend();
  trajectory = (await prepareProblem())().trajectory;
});

type SynthesisArguments = Parameters<typeof synthesizeRound>[0];

const keptNowhere: CheckpointKeeper = {
  isDue: () => false,
  keep: () => {
    throw new Error("no checkpoint was asked for");
  },
};

function synthesized(change: Partial<SynthesisArguments> = {}) {
  return synthesizeRound({
    plan,
    round: 6,
    trajectory,
    previous: null,
    checkpoint: null,
    checkpoints: keptNowhere,
    onIteration: () => {},
    ...change,
  });
}

test("[G13] a synthesis takes its seed, its iterations and its start from the plan, the round and the set before", async () => {
  const told: unknown[] = [];
  const first = await synthesized({ onIteration: (progress) => void told.push(progress) });
  const expected = await synthesize({
    spec,
    trajectory,
    settings: dynafed,
    seed: synthesisSeed(plan.seed, 6),
  });
  expect(first).toEqual({ round: 6, ...expected });
  expect(told).toEqual(
    first.distances.map((distance, at) => ({ iteration: at + 1, iterations: 3, distance })),
  );

  const since = trajectory.slice(1);
  const later = await synthesized({ round: 10, trajectory: since, previous: first });
  const expectedLater = await synthesize({
    spec,
    trajectory: since,
    settings: { ...dynafed, iterations: 2 },
    seed: synthesisSeed(plan.seed, 10),
    warmStart: first.set,
  });
  expect(later).toEqual({ round: 10, ...expectedLater });
});

test("[N12] [N20] a synthesis goes on from every checkpoint that was due to the same bits", async () => {
  const kept: Uint8Array[] = [];
  const asked: string[] = [];
  const whole = await synthesized({
    checkpoints: {
      isDue(after) {
        asked.push(after);
        return after === "iteration" || asked.length % 4 === 0;
      },
      keep: (checkpoint) => void kept.push(checkpoint),
    },
  });
  const steps = Array.from({ length: 2 * dynafed.innerSteps }, () => "step");
  expect(asked).toEqual([1, 2, 3].flatMap(() => [...steps, "iteration"]));
  expect(kept.map((checkpoint) => syntheticSetFromCheckpoint(checkpoint).iteration)).toEqual([
    0, 1, 1, 1, 2, 2, 2, 3,
  ]);
  for (const checkpoint of kept) expect(await synthesized({ checkpoint })).toEqual(whole);
});

test("[N12] an abort keeps the last whole iteration once, and rejects with its reason", async () => {
  const before = tf.memory().numTensors;
  for (const within of ["step", "iteration"] as const) {
    const stopping = new AbortController();
    const kept: Uint8Array[] = [];
    let iterations = 0;
    const stopped = synthesized({
      signal: stopping.signal,
      onIteration: ({ iteration }) => {
        iterations = iteration;
        if (within === "iteration" && iteration === 2) stopping.abort(new Error("the lease is lost"));
      },
      checkpoints: {
        isDue(after) {
          if (after === within && iterations === 2) stopping.abort(new Error("the lease is lost"));
          return false;
        },
        keep: (checkpoint) => void kept.push(checkpoint),
      },
    });
    await expect(stopped).rejects.toThrow("the lease is lost");
    expect(kept.map((checkpoint) => syntheticSetFromCheckpoint(checkpoint).iteration)).toEqual([2]);
    expect(await synthesized({ checkpoint: kept[0] ?? null })).toEqual(await synthesized());
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("[L4] a refine takes its seed from the round, its rate from the rounds since the set, its share from the plan", async () => {
  const newest = await synthesized();
  const aggregate = trajectory[5] as Float32Array;
  const refined = await refineRound({ plan, round: 9, aggregate, newest });
  const fineTuned = await refine({
    spec,
    parameters: aggregate,
    set: newest.set,
    settings: { ...dynafed, refineRate: 0.0025 },
    seed: refineSeed(plan.seed, 9),
  });
  expect(refined).toEqual(aggregate.map((value, i) => value + 0.75 * ((fineTuned[i] as number) - value)));
  const stopping = new AbortController();
  stopping.abort(new Error("stopped"));
  const stopped = refineRound({ plan, round: 9, aggregate, newest, signal: stopping.signal });
  await expect(stopped).rejects.toThrow("stopped");
});

test("[N13] a plan without DynaFed, a trajectory of another length and results that are not finite are refused", async () => {
  const without = { ...plan, dynafed: null };
  await expect(synthesized({ plan: without })).rejects.toThrow("expected a plan with DynaFed");
  await expect(synthesized({ trajectory: trajectory.slice(1) })).rejects.toThrow(
    "expected 6 snapshots in the trajectory, got 5",
  );
  const newest = await synthesized();
  await expect(synthesized({ previous: newest })).rejects.toThrow(
    "expected 5 snapshots in the trajectory, got 6",
  );
  const aggregate = trajectory[0] as Float32Array;
  await expect(refineRound({ plan: without, round: 9, aggregate, newest })).rejects.toThrow(
    "expected a plan with DynaFed",
  );
  const broken = aggregate.slice().fill(Number.NaN, 3, 4);
  await expect(refineRound({ plan, round: 9, aggregate: broken, newest })).rejects.toThrow(
    "expected finite refined parameters, got NaN",
  );
  const wild = { ...plan, dynafed: { ...dynafed, imageRate: 1e39, iterations: 1 } };
  await expect(synthesized({ plan: wild })).rejects.toThrow(
    /expected finite synthetic inputs, got -?Infinity/,
  );
});
