/** Updates that a live run would refuse, in a simulated one. */
import { dirichletSplit, takeExamples } from "@tributary/datasets";
import {
  initialOptimizerState,
  initialParameters,
  initSeed,
  localSeed,
  prepareBackend,
  splitSeed,
  trainLocally,
} from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import { type ImageTask, networkOf, type Plan, preprocessingOf, sampleOf } from "@tributary/protocol";
import { openRoundAggregate } from "@tributary/rounds";
import { defaultSettings } from "@tributary/strategy";
import { beforeAll, expect, test } from "vitest";
import { smallPart, spotData, spotPlan } from "../../testing/spots.ts";
import { resultFiles } from "./result-files.ts";
import { simulate } from "./simulate.ts";
import type { SimulatedRefusal, SimulationCheckpoint } from "./simulated-run.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

/** What each of the three clients sends in round 1, largest norm first: the delta's, or the control delta's if larger. */
async function firstUpdates(plan: Plan) {
  const start = initialParameters(networkOf(plan), initSeed(plan.seed));
  const { labels, classes } = spotData.train;
  const { shards, alpha } = sampleOf(plan);
  const parts = dirichletSplit({ labels, classes, clients: shards, alpha, seed: splitSeed(plan.seed) });
  const updates = [];
  for (const [index, indices] of parts.entries()) {
    const trained = await trainLocally({
      ...{ spec: networkOf(plan), start, dataset: takeExamples(spotData.train, indices) },
      ...{ preprocessing: preprocessingOf(plan), local: plan.local },
      optimizerState: initialOptimizerState(plan.local.optimizer, start.length),
      seed: localSeed(plan.seed, 1, `shard-${index}`),
      keepMeanGradient: plan.strategy.kind === "scaffold",
    });
    const delta = trained.parameters.map((value, at) => value - (start[at] ?? 0));
    const norm = Math.max(Math.hypot(...delta), Math.hypot(...(trained.meanGradient ?? [])));
    updates.push({ volunteer: `shard-${index}`, examples: indices.length, delta, norm });
  }
  return { start, updates: updates.sort((a, b) => b.norm - a.norm) };
}

const everybody = { ...smallPart, cohort: { size: 3 } };

test("[M6] an update that leaves the plan's limits is refused with its round and client, and the round goes on with the others", async () => {
  const plan = spotPlan({ ...everybody, rounds: 1 });
  const { start, updates } = await firstUpdates(plan);
  const [worst, ...others] = updates;
  if (worst === undefined || others[0] === undefined) throw new Error("expected three updates");
  const maxNorm = (worst.norm + others[0].norm) / 2;
  const limited = { ...plan, limits: { ...plan.limits, maxNorm } };
  const heard: SimulatedRefusal[] = [];
  const result = await simulate(limited, spotData, { onRefusal: (refusal) => heard.push(refusal) });
  expect(result.refusals).toEqual([
    {
      round: 1,
      volunteer: worst.volunteer,
      reason: "out-of-bounds",
      detail: expect.stringContaining("norm"),
    },
  ]);
  expect(heard).toEqual(result.refusals);
  expect(result.rounds).toMatchObject([{ round: 1, participants: 2 }]);
  const aggregate = openRoundAggregate(limited, start.length);
  for (const { delta, examples } of others) aggregate.add(delta, examples);
  expect(result.parameters).toEqual(aggregate.finish(start, {}).parameters);

  const files = resultFiles(result, { headline: "accuracy", seconds: 1, backend: "wasm" });
  const fileOf = (name: string) => String(files.find((file) => file.name === name)?.content);
  expect(fileOf("refusals.csv")).toContain(`\r\n1,${worst.volunteer},out-of-bounds,"expected a norm up to `);
  expect(JSON.parse(fileOf("summary.json"))).toMatchObject({ refusedUpdates: 1, abandonedRounds: 0 });
});

test("[M6] a round below its quorum is abandoned as it is live, and the run goes on to the same end from any checkpoint", async () => {
  const part = { ...smallPart, rounds: 4, cohort: { size: 2, minimum: 2, quorum: 2 } };
  for (const strategy of [defaultSettings("fedavg"), defaultSettings("scaffold")]) {
    const plan = spotPlan({ ...part, strategy });
    const { updates } = await firstUpdates(plan);
    const maxNorm = ((updates[0]?.norm ?? 0) + (updates[1]?.norm ?? 0)) / 2;
    const limited = { ...plan, limits: { ...plan.limits, maxNorm } };
    const abandoned: number[] = [];
    const checkpoints: SimulationCheckpoint[] = [];
    const result = await simulate(limited, spotData, {
      onAbandoned: (round) => abandoned.push(round),
      onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
    });
    expect(abandoned.length).toBeGreaterThan(0);
    expect(result.rounds).toHaveLength(4);
    const numbers = result.rounds.map(({ round }) => round);
    expect([...numbers, ...abandoned].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 4 + abandoned.length }, (_, at) => at + 1),
    );
    expect(new Set(result.refusals.map(({ round }) => round))).toEqual(new Set(abandoned));
    for (const checkpoint of checkpoints)
      expect(await simulate(limited, spotData, { checkpoint })).toEqual(result);
  }
});

function withScale(plan: Plan, scale: ImageTask["scale"]): Plan {
  if (plan.task.kind !== "image-classification") throw new Error("expected a plan on pictures");
  return { ...plan, task: { ...plan.task, scale } };
}

test("[M18] training that leaves the finite numbers everywhere ends the run, naming round and client, after ten abandoned rounds", async () => {
  const wild = withScale(spotPlan(everybody), { mean: [0], std: [Number.MIN_VALUE] });
  const heard: SimulatedRefusal[] = [];
  const running = simulate(wild, spotData, { onRefusal: (refusal) => heard.push(refusal) });
  await expect(running).rejects.toThrow(
    /^10 rounds in a row were abandoned; the last refusal: round 10, shard-\d: not-finite, .*NaN/,
  );
  expect(heard).toHaveLength(30);
  expect(heard[0]).toMatchObject({ round: 1, volunteer: "shard-0", reason: "not-finite" });
});
