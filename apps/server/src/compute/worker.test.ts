import * as tf from "@tensorflow/tfjs-core";
import {
  refine,
  refineSeed,
  type SyntheticSet,
  synthesisSeed,
  synthesize,
  syntheticSetFromCheckpoint,
} from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { RoundLog } from "../round/round-deps.ts";
import { openTestDatabase, type TestDatabase } from "../storage/test-database.ts";
import { openBackend } from "./backends.ts";
import { floatsOf, snapshotOf } from "./float-bytes.ts";
import { holdLease } from "./lease.ts";
import { thinned } from "./run-synthesis.ts";
import { computePlan, createComputeRun, enqueue, testSet, trajectorySnapshot } from "./test-runs.ts";
import { startWorker, type Worker } from "./worker.ts";

const timing = { leaseMs: 10_000, renewMs: 20, progressMs: 1, pollMs: 50 };
/** Generous: other tests share the machine. */
const SLOW = { timeout: 50_000, interval: 20 };
const errors: object[] = [];
const log: RoundLog = { info: () => {}, warn: () => {}, error: (fields) => errors.push(fields) };
const synthesis = { kind: "synthesize", round: 5 } as const;

let database: TestDatabase;
const working: Worker[] = [];

beforeAll(async () => {
  await openBackend("cpu");
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.close();
});
afterEach(async () => {
  for (const worker of working.splice(0)) await worker.stop();
  errors.length = 0;
});

async function work(
  plan: Plan,
  name: string,
  choice: Partial<typeof timing> = {},
  checkpointMs = 1,
  longestGapMs = 15_000,
): Promise<Worker> {
  const worker = await startWorker({
    storage: database.storage,
    readTestSet: async () => testSet(plan),
    backend: "cpu",
    checkpointMs,
    longestGapMs,
    beatMs: 1,
    nowMs: Date.now,
    worker: name,
    timing: { ...timing, ...choice },
    log,
  });
  working.push(worker);
  return worker;
}

const untilIdle = (run: string) =>
  vi.waitFor(async () => expect(await database.storage.jobs.pending(run)).toBe(0), SLOW);

test("[J1] a synthesis leaves a set and its progress, a refinement the same bytes as the model's own refine", async () => {
  const { storage } = database;
  const plan = computePlan(4);
  const run = await createComputeRun(storage, plan, synthesis);
  await work(plan, "w");
  await untilIdle(run);
  const view = await storage.jobs.latestSynthesis(run);
  expect(view).toMatchObject({ state: "done", progress: { backend: "cpu", iteration: 4, iterations: 4 } });
  expect(view?.progress?.distances.map(([iteration]) => iteration)).toEqual([1, 2, 3, 4]);

  const averaged = trajectorySnapshot(plan, 4);
  await enqueue(storage, run, { kind: "refine", round: 5, snapshot: averaged.hash });
  await untilIdle(run);
  const set = await storage.syntheticSets.latest(run);
  if (set === null || plan.dynafed === null) throw new Error("expected a synthetic set");
  const expected = await refine({
    spec: plan.network,
    parameters: floatsOf(averaged.parameters),
    set: {
      ...set,
      image: plan.network.image,
      classes: plan.network.classes,
      images: floatsOf(set.images),
      labelLogits: floatsOf(set.labelLogits),
    },
    settings: plan.dynafed,
    seed: refineSeed(plan.seed, 5),
  });
  const refined = (await storage.snapshots.list(run)).find((stored) => stored.kind === "refined");
  expect(refined).toMatchObject({ round: 5, hash: snapshotOf(expected).hash });
});

test("[L11] a later synthesis goes on from the run's set, on the models since the one before", async () => {
  const { storage } = database;
  const base = computePlan(4);
  if (base.dynafed === null) throw new Error("expected a plan with DynaFed");
  const dynafed = { ...base.dynafed, refreshEvery: 3, refreshIterations: 2 };
  const plan = { ...base, dynafed };
  const run = await createComputeRun(storage, plan, { kind: "synthesize", round: 4 });
  await work(plan, "w");
  await untilIdle(run);
  const row = await storage.syntheticSets.latest(run);
  if (row === null) throw new Error("expected a synthetic set");
  const first: SyntheticSet = {
    ...row,
    image: plan.network.image,
    classes: plan.network.classes,
    images: floatsOf(row.images),
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
  await untilIdle(run);
  const trajectory = [4, 5, 6, 7].map((round) => floatsOf(trajectorySnapshot(plan, round).parameters));
  const expected = await synthesize({
    spec: plan.network,
    trajectory,
    settings: { ...dynafed, iterations: 2 },
    seed: synthesisSeed(plan.seed, 7),
    warmStart: first,
  });
  const latest = await storage.syntheticSets.latest(run);
  expect(latest?.round).toBe(7);
  expect(floatsOf(latest?.images ?? new Uint8Array())).toEqual(expected.set.images);
  expect(await storage.jobs.latestSynthesis(run)).toMatchObject({ progress: { iterations: 2 } });
});

test("[J2] a result that is not finite fails the job with a reason that quotes it", async () => {
  const { storage } = database;
  const plan = computePlan(2);
  const run = await createComputeRun(storage, plan);
  const broken = snapshotOf(floatsOf(trajectorySnapshot(plan, 1).parameters).map(() => Number.NaN));
  await storage.journal.commit(run, 3, { type: "started", atMs: 1 }, [
    { type: "store-snapshot", round: 6, kind: "averaged", snapshot: broken },
    { type: "enqueue-job", job: { kind: "evaluate", round: 6, snapshot: broken.hash } },
    { type: "enqueue-job", job: { kind: "refine", round: 6, snapshot: "0".repeat(64) } },
  ]);
  await work(plan, "w");
  await untilIdle(run);
  expect(await storage.jobs.find(run, "evaluate", 6)).toMatchObject({
    state: "failed",
    failure: "expected a finite loss on the test set, got NaN",
  });
  expect(await storage.jobs.find(run, "refine", 6)).toMatchObject({
    state: "failed",
    failure: `run ${run} has no synthetic set to refine on`,
  });
  expect(errors).toHaveLength(6);
});

test("[J3] a job that waits is found by its notification, long before the next poll", async () => {
  const { storage } = database;
  const plan = computePlan(2);
  const run = await createComputeRun(storage, plan);
  await work(plan, "w", { pollMs: 3_600_000 });
  const { hash } = trajectorySnapshot(plan, 1);
  await enqueue(storage, run, { kind: "evaluate", round: 1, snapshot: hash });
  await untilIdle(run);
  expect(await storage.jobs.find(run, "evaluate", 1)).toMatchObject({ state: "done" });
});

test("[J4] a synthesis that is stopped goes on in another worker, and ends in the same bytes as an undisturbed one", async () => {
  const { storage } = database;
  const plan = computePlan(60);
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const first = await work(plan, "first");
  await vi.waitFor(async () => {
    const job = await storage.jobs.latestSynthesis(disturbed);
    expect(job && (await storage.jobs.checkpoint(job.id))).not.toBeNull();
  }, SLOW);
  await first.stop();
  expect(await storage.jobs.latestSynthesis(disturbed)).toMatchObject({ state: "queued" });
  await work(plan, "second");
  const undisturbed = await createComputeRun(storage, plan, synthesis);
  await untilIdle(disturbed);
  await untilIdle(undisturbed);
  expect(await storage.syntheticSets.latest(disturbed)).toEqual(
    await storage.syntheticSets.latest(undisturbed),
  );
  const distances = async (run: string) => (await storage.jobs.latestSynthesis(run))?.progress?.distances;
  expect(await distances(disturbed)).toEqual(await distances(undisturbed));
});

test("[J5] a worker drops a job that is no longer its own, and stores nothing of it", async () => {
  const { storage } = database;
  const plan = computePlan(5_000);
  const run = await createComputeRun(storage, plan, synthesis);
  await work(plan, "robbed");
  const { id } = await vi.waitFor(async () => {
    const job = await storage.jobs.latestSynthesis(run);
    if (job === null || (await storage.jobs.checkpoint(job.id)) === null)
      throw new Error("no checkpoint yet");
    return job;
  }, SLOW);
  const other = await createComputeRun(storage, plan);
  // The one that is robbed looks for work as soon as it has none, and may be first.
  await vi.waitFor(async () => {
    await storage.jobs.release(id, "robbed");
    expect(await storage.jobs.claim("thief", 60_000)).toMatchObject({ id });
  }, SLOW);
  const { hash } = trajectorySnapshot(plan, 1);
  await enqueue(storage, other, { kind: "evaluate", round: 1, snapshot: hash });
  await untilIdle(other);
  expect(await storage.syntheticSets.latest(run)).toBeNull();
  expect(await storage.jobs.renew(id, "thief", 1000, null)).toBe(true);
  await storage.jobs.complete(id, "thief", {
    kind: "synthesize",
    progress: { backend: "cpu", iteration: 0, iterations: 0, distances: [], ms: 0 },
    set: { imagesPerClass: 1, images: new Uint8Array(4), labelLogits: new Uint8Array(4), innerStep: 1 },
  });
});

test("[J13] a synthesis whose run is stopped is dropped by its worker, and leaves no set", async () => {
  const { storage } = database;
  const plan = computePlan(5_000);
  const run = await createComputeRun(storage, plan, synthesis);
  await work(plan, "stopped");
  await vi.waitFor(async () => {
    expect((await storage.jobs.latestSynthesis(run))?.progress?.iteration).toBeGreaterThan(0);
  }, SLOW);
  const sequence = (await storage.journal.read(run)).length + 1;
  const reason = "the run was stopped";
  await storage.journal.commit(run, sequence, { type: "stop-requested", atMs: 1 }, [
    { type: "cancel-synthesis", reason },
  ]);
  const other = await createComputeRun(storage, plan);
  const { hash } = trajectorySnapshot(plan, 1);
  await enqueue(storage, other, { kind: "evaluate", round: 1, snapshot: hash });
  await untilIdle(other);
  expect(await storage.syntheticSets.latest(run)).toBeNull();
  expect(await storage.jobs.latestSynthesis(run)).toMatchObject({ state: "failed", failure: reason });
  expect(errors).toEqual([]);
});

test("[J14] progress comes from within a long iteration, a stop ends it before its end, and the last whole one is kept", async () => {
  const { storage } = database;
  const small = computePlan(3);
  if (small.dynafed === null) throw new Error("expected a plan with DynaFed");
  const plan: Plan = { ...small, dynafed: { ...small.dynafed, innerSteps: 400, innerStep: 1e-3 } };
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const newest = async () => (await storage.jobs.latestSynthesis(disturbed))?.progress;
  const first = await work(plan, "first", {}, 1e9);
  const times = new Set<number>();
  await vi.waitFor(async () => {
    const progress = await newest();
    if (progress?.iteration === 1) times.add(progress.ms);
    expect(times.size).toBeGreaterThanOrEqual(3);
  }, SLOW);
  await first.stop();
  const job = await storage.jobs.latestSynthesis(disturbed);
  expect(job).toMatchObject({ state: "queued", progress: { iteration: 1 } });
  const kept = await storage.jobs.checkpoint(job?.id ?? "");
  expect(kept && syntheticSetFromCheckpoint(kept).distances).toHaveLength(1);

  await work(plan, "second");
  const undisturbed = await createComputeRun(storage, plan, synthesis);
  await untilIdle(disturbed);
  await untilIdle(undisturbed);
  expect(await storage.syntheticSets.latest(disturbed)).toEqual(
    await storage.syntheticSets.latest(undisturbed),
  );
});

test("[J15] a long iteration is kept in its middle, and another worker goes on from there to the same bytes", async () => {
  const { storage } = database;
  const small = computePlan(2);
  if (small.dynafed === null) throw new Error("expected a plan with DynaFed");
  const plan: Plan = { ...small, dynafed: { ...small.dynafed, innerSteps: 200, innerStep: 1e-3 } };
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const first = await work(plan, "first", {}, 1e9, 1);
  // The end of an iteration is no reason to keep anything here.
  const kept = await vi.waitFor(async () => {
    const job = await storage.jobs.latestSynthesis(disturbed);
    const checkpoint = job && (await storage.jobs.checkpoint(job.id));
    if (checkpoint === null) throw new Error("no checkpoint yet");
    return checkpoint;
  }, SLOW);
  expect(syntheticSetFromCheckpoint(kept).iteration).toBeLessThan(2);
  await first.stop();
  expect(await storage.jobs.latestSynthesis(disturbed)).toMatchObject({ state: "queued" });

  await work(plan, "second", {}, 1e9, 1e9);
  const undisturbed = await createComputeRun(storage, plan, synthesis);
  await untilIdle(disturbed);
  await untilIdle(undisturbed);
  expect(await storage.syntheticSets.latest(disturbed)).toEqual(
    await storage.syntheticSets.latest(undisturbed),
  );
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
  await vi.waitFor(() => expect(renewals.done).toBeGreaterThan(3), SLOW);
  expect(lease.lost.aborted).toBe(false);
  away = true;
  await vi.waitFor(() => expect(renewals.refused).toBeGreaterThan(3), SLOW);
  expect(lease.lost.aborted).toBe(false);
  nowMs += 101;
  await vi.waitFor(() => expect(lease.lost.aborted).toBe(true), SLOW);
  await lease.end();
});

test("[J7] twenty rounds of refining and evaluating hold the number of tensors", async () => {
  const { storage } = database;
  const plan = computePlan(2);
  const run = await createComputeRun(storage, plan, synthesis);
  await work(plan, "w");
  await untilIdle(run);
  const counts: number[] = [];
  const { hash } = trajectorySnapshot(plan, 4);
  for (let round = 5; round < 25; round++) {
    await enqueue(
      storage,
      run,
      { kind: "refine", round, snapshot: hash },
      { kind: "evaluate", round, snapshot: hash },
    );
    await untilIdle(run);
    expect(await storage.jobs.find(run, "refine", round)).toMatchObject({ state: "done" });
    expect(await storage.jobs.find(run, "evaluate", round)).toMatchObject({ state: "done" });
    counts.push(tf.memory().numTensors);
  }
  expect(counts).toHaveLength(20);
  expect(counts.at(-1)).toBe(counts[1]);
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
