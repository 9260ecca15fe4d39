import * as tf from "@tensorflow/tfjs-core";
import { refine, refineSeed, type SyntheticSet, synthesisSeed, synthesize } from "@tributary/model";
import { until } from "@tributary/platform/testing";
import { classesOf, inputShapeOf, networkOf } from "@tributary/protocol";
import { floatsOf, snapshotOf } from "@tributary/storage";
import { expect, test } from "vitest";
import { computePlan, createComputeRun, enqueue, trajectorySnapshot } from "../testing/runs.ts";
import { SLOW, useTestWorkers } from "../testing/workers.ts";
import { holdLease } from "./lease.ts";
import { thinned } from "./run-synthesis.ts";

const workers = useTestWorkers();
const synthesis = { kind: "synthesize", round: 5 } as const;

test("[J1] a synthesis leaves a set and its progress, a refinement the same bytes as the model's own refine", async () => {
  const storage = workers.storage();
  const plan = computePlan(4);
  const run = await createComputeRun(storage, plan, synthesis);
  await workers.start(plan, "w");
  await workers.untilIdle(run);
  const view = await storage.jobs.latestSynthesis(run);
  expect(view).toMatchObject({ state: "done", progress: { backend: "cpu", iteration: 4, iterations: 4 } });
  expect(view?.progress?.distances.map(([iteration]) => iteration)).toEqual([1, 2, 3, 4]);

  const aggregate = trajectorySnapshot(plan, 4);
  await enqueue(storage, run, { kind: "refine", round: 5, snapshot: aggregate.hash });
  await workers.untilIdle(run);
  const set = await storage.syntheticSets.latest(run);
  if (set === null || plan.dynafed === null) throw new Error("expected a synthetic set");
  const expected = await refine({
    spec: networkOf(plan),
    parameters: floatsOf(aggregate.parameters),
    set: {
      ...set,
      input: inputShapeOf(networkOf(plan)),
      classes: classesOf(networkOf(plan)),
      inputs: floatsOf(set.images),
      labelLogits: floatsOf(set.labelLogits),
    },
    settings: plan.dynafed,
    seed: refineSeed(plan.seed, 5),
  });
  const refined = (await storage.snapshots.list(run)).find((stored) => stored.kind === "refined");
  expect(refined).toMatchObject({ round: 5, hash: snapshotOf(expected).hash });
});

test("[L11] a later synthesis goes on from the run's set, on the models since the one before", async () => {
  const storage = workers.storage();
  const base = computePlan(4);
  if (base.dynafed === null) throw new Error("expected a plan with DynaFed");
  const dynafed = { ...base.dynafed, refreshEvery: 3, refreshIterations: 2 };
  const plan = { ...base, dynafed };
  const run = await createComputeRun(storage, plan, { kind: "synthesize", round: 4 });
  const earlier = await workers.start(plan, "w");
  await workers.untilIdle(run);
  await earlier.stop();
  const row = await storage.syntheticSets.latest(run);
  if (row === null) throw new Error("expected a synthetic set");
  const first: SyntheticSet = {
    ...row,
    input: inputShapeOf(networkOf(plan)),
    classes: classesOf(networkOf(plan)),
    inputs: floatsOf(row.images),
    labelLogits: floatsOf(row.labelLogits),
  };
  const refined = [5, 6, 7].map((round) => ({ round, snapshot: trajectorySnapshot(plan, round) }));
  const { length } = await storage.journal.read(run);
  await storage.journal.commit(run, length + 1, { type: "started", atMs: 1 }, [
    ...refined.map(({ round, snapshot }) => ({
      ...({ type: "store-snapshot", kind: "refined" } as const),
      round,
      snapshot,
    })),
    { type: "enqueue-job", job: { kind: "synthesize", round: 7 } },
  ]);
  await workers.start(plan, "w2");
  await workers.untilIdle(run);
  const trajectory = [4, 5, 6, 7].map((round) => floatsOf(trajectorySnapshot(plan, round).parameters));
  const expected = await synthesize({
    spec: networkOf(plan),
    trajectory,
    settings: { ...dynafed, iterations: 2 },
    seed: synthesisSeed(plan.seed, 7),
    warmStart: first,
  });
  const latest = await storage.syntheticSets.latest(run);
  expect(latest?.round).toBe(7);
  expect(floatsOf(latest?.images ?? new Uint8Array())).toEqual(expected.set.inputs);
  expect(await storage.jobs.latestSynthesis(run)).toMatchObject({ progress: { iterations: 2 } });
});

test("[J2] a result that is not finite fails the job with a reason that quotes it", async () => {
  const storage = workers.storage();
  const plan = computePlan(2);
  const run = await createComputeRun(storage, plan);
  const broken = snapshotOf(floatsOf(trajectorySnapshot(plan, 1).parameters).map(() => Number.NaN));
  await storage.journal.commit(run, 3, { type: "started", atMs: 1 }, [
    { type: "store-snapshot", round: 6, kind: "aggregate", snapshot: broken },
    { type: "enqueue-job", job: { kind: "evaluate", round: 6, snapshot: broken.hash } },
    { type: "enqueue-job", job: { kind: "refine", round: 6, snapshot: "0".repeat(64) } },
  ]);
  await workers.start(plan, "w");
  await workers.untilIdle(run);
  expect(await storage.jobs.find(run, "evaluate", 6)).toMatchObject({
    state: "failed",
    failure: "expected a finite loss on the test set, got NaN",
  });
  expect(await storage.jobs.find(run, "refine", 6)).toMatchObject({
    state: "failed",
    failure: `run ${run} has no synthetic set to refine on`,
  });
  expect(workers.logged("error")).toHaveLength(6);
});

test("[J3] a job that waits is found by its notification, long before the next poll", async () => {
  const storage = workers.storage();
  const plan = computePlan(2);
  const run = await createComputeRun(storage, plan);
  await workers.start(plan, "w", { pollMs: 3_600_000 });
  const { hash } = trajectorySnapshot(plan, 1);
  await enqueue(storage, run, { kind: "evaluate", round: 1, snapshot: hash });
  await workers.untilIdle(run);
  expect(await storage.jobs.find(run, "evaluate", 1)).toMatchObject({ state: "done" });
});

test("[J6] a lease is renewed while the work goes on, and is lost when the store stays away longer than it lasts", async () => {
  const renewals = { done: 0, refused: 0 };
  let away = false;
  let nowMs = 0;
  const lease = holdLease({
    jobs: {
      async renew() {
        renewals[away ? "refused" : "done"]++;
        if (away) throw new Error("connection refused");
        return true;
      },
    },
    job: "1",
    worker: "w",
    timing: { leaseMs: 100, renewMs: 5, progressMs: 1 },
    nowMs: () => nowMs,
  });
  await until("renewals", () => renewals.done > 3, SLOW);
  expect(lease.lost.aborted).toBe(false);
  away = true;
  await until("refused renewals", () => renewals.refused > 3, SLOW);
  expect(lease.lost.aborted).toBe(false);
  nowMs += 101;
  await until("the loss of the lease", () => lease.lost.aborted, SLOW);
  await lease.end();
});

test("[J7] twenty rounds of refining and evaluating hold the number of tensors", async () => {
  const storage = workers.storage();
  const plan = computePlan(2);
  const run = await createComputeRun(storage, plan, synthesis);
  await workers.start(plan, "w");
  await workers.untilIdle(run);
  const counts: number[] = [];
  const { hash } = trajectorySnapshot(plan, 4);
  for (let round = 5; round < 25; round++) {
    await enqueue(
      storage,
      run,
      { kind: "refine", round, snapshot: hash },
      { kind: "evaluate", round, snapshot: hash },
    );
    await workers.untilIdle(run);
    expect(await storage.jobs.find(run, "refine", round)).toMatchObject({ state: "done" });
    expect(await storage.jobs.find(run, "evaluate", round)).toMatchObject({ state: "done" });
    counts.push(tf.memory().numTensors);
  }
  expect(counts).toHaveLength(20);
  expect(counts.at(-1)).toBe(counts[1]);
});

test("[J18] a job leaves a line in the log when it is claimed and one when it ends, with what it is, who computes and how long it took", async () => {
  const storage = workers.storage();
  const plan = computePlan(5_000);
  const { hash } = trajectorySnapshot(plan, 1);
  const run = await createComputeRun(
    storage,
    plan,
    { kind: "evaluate", round: 1, snapshot: hash },
    { kind: "refine", round: 5, snapshot: hash },
  );
  const worker = await workers.start(plan, "w");
  await workers.untilIdle(run);
  await enqueue(storage, run, synthesis);
  await workers.untilSaved(run);
  await worker.stop();
  const about = (kind: string, round: number) => ({ run, kind, round, backend: "cpu" });
  const lines = workers.lines.map(({ level, fields, message }) => ({ level, message, ...fields }));
  const refused = { level: "error", message: "job failed", ...about("refine", 5) };
  expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    ...["info: job claimed", "error: job failed"],
    ...["info: job claimed", "error: job failed"],
    ...["info: job claimed", "error: job failed"],
    ...["info: job claimed", "info: job done"],
    ...["info: job claimed", "info: job given back"],
  ]);
  expect(lines[1]).toMatchObject({
    ...refused,
    attempt: 1,
    reason: `run ${run} has no synthetic set to refine on`,
  });
  expect(lines[7]).toMatchObject({ ...about("evaluate", 1), durationMs: expect.any(Number) });
  expect(lines[9]).toMatchObject(about("synthesize", 5));
});

test("[J8] progress shows at most 500 distances, the newest always among them", () => {
  expect(thinned([])).toEqual([]);
  expect(thinned([0.5, 0.4])).toEqual([
    [1, 0.5],
    [2, 0.4],
  ]);
  for (const count of [499, 500, 501, 1000, 1001, 3000]) {
    const points = thinned(Array.from({ length: count }, (_, index) => index));
    expect(points.length).toBeLessThanOrEqual(500);
    expect(points.length).toBeGreaterThan(200);
    expect(points.at(-1)).toEqual([count, count - 1]);
  }
});
