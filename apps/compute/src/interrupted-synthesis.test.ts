/** A synthesis that is stopped, robbed, cancelled or handed on. */
import { syntheticSetFromCheckpoint } from "@tributary/model";
import { until } from "@tributary/platform/testing";
import type { Plan } from "@tributary/protocol";
import { expect, test } from "vitest";
import { computePlan, createComputeRun, enqueue, trajectorySnapshot } from "../testing/runs.ts";
import { SLOW, useTestWorkers } from "../testing/workers.ts";

const workers = useTestWorkers();
const synthesis = { kind: "synthesize", round: 5 } as const;

test("[J4] a synthesis that is stopped goes on in another worker, and ends in the same bytes as an undisturbed one", async () => {
  const storage = workers.storage();
  const plan = computePlan(60);
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const first = await workers.start(plan, "first");
  await workers.untilSaved(disturbed);
  await first.stop();
  expect(await storage.jobs.latestSynthesis(disturbed)).toMatchObject({ state: "queued" });
  await workers.start(plan, "second");
  const undisturbed = await createComputeRun(storage, plan, synthesis);
  await workers.untilIdle(disturbed);
  await workers.untilIdle(undisturbed);
  expect(await storage.syntheticSets.latest(disturbed)).toEqual(
    await storage.syntheticSets.latest(undisturbed),
  );
  const distances = async (run: string) => (await storage.jobs.latestSynthesis(run))?.progress?.distances;
  expect(await distances(disturbed)).toEqual(await distances(undisturbed));
});

test("[J5] a worker drops a job that is no longer its own, and stores nothing of it", async () => {
  const storage = workers.storage();
  const plan = computePlan(5_000);
  const run = await createComputeRun(storage, plan, synthesis);
  await workers.start(plan, "robbed");
  await workers.untilSaved(run);
  const { id = "" } = (await storage.jobs.latestSynthesis(run)) ?? {};
  const other = await createComputeRun(storage, plan);
  // The one that is robbed looks for work as soon as it has none, and may be first.
  const rob = async () => {
    await storage.jobs.release(id, "robbed");
    return (await storage.jobs.claim("thief", 60_000))?.id;
  };
  await until("the thief to have the job", rob, { ...SLOW, holds: (claimed) => claimed === id });
  const { hash } = trajectorySnapshot(plan, 1);
  await enqueue(storage, other, { kind: "evaluate", round: 1, snapshot: hash });
  await workers.untilIdle(other);
  expect(await storage.syntheticSets.latest(run)).toBeNull();
  expect(await storage.jobs.renew(id, "thief", 1000, null)).toBe(true);
  await storage.jobs.complete(id, "thief", {
    kind: "synthesize",
    progress: { backend: "cpu", iteration: 0, iterations: 0, distances: [], ms: 0 },
    set: { imagesPerClass: 1, images: new Uint8Array(4), labelLogits: new Uint8Array(4), innerStep: 1 },
  });
});

test("[J13] a synthesis whose run is stopped is dropped by its worker, and leaves no set", async () => {
  const storage = workers.storage();
  const plan = computePlan(5_000);
  const run = await createComputeRun(storage, plan, synthesis);
  await workers.start(plan, "stopped");
  const newest = async () => (await storage.jobs.latestSynthesis(run))?.progress?.iteration ?? 0;
  await until("an iteration", newest, { ...SLOW, holds: (iteration) => iteration > 0 });
  const sequence = (await storage.journal.read(run)).length + 1;
  const reason = "the run was stopped";
  await storage.journal.commit(run, sequence, { type: "stop-requested", atMs: 1 }, [
    { type: "cancel-synthesis", reason },
  ]);
  const other = await createComputeRun(storage, plan);
  const { hash } = trajectorySnapshot(plan, 1);
  await enqueue(storage, other, { kind: "evaluate", round: 1, snapshot: hash });
  await workers.untilIdle(other);
  expect(await storage.syntheticSets.latest(run)).toBeNull();
  expect(await storage.jobs.latestSynthesis(run)).toMatchObject({ state: "failed", failure: reason });
  expect(workers.logged("error")).toEqual([]);
});

test("[J14] progress comes from within a long iteration, a stop ends it before its end, and the last whole one is kept", async () => {
  const storage = workers.storage();
  const small = computePlan(3);
  if (small.dynafed === null) throw new Error("expected a plan with DynaFed");
  const plan: Plan = { ...small, dynafed: { ...small.dynafed, innerSteps: 200, innerStep: 1e-3 } };
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const newest = async () => (await storage.jobs.latestSynthesis(disturbed))?.progress;
  const first = await workers.start(plan, "first", { checkpointMs: 1e9 });
  const times = new Set<number>();
  const timesSeen = async () => {
    const progress = await newest();
    if (progress?.iteration === 1) times.add(progress.ms);
    return times.size;
  };
  await until("three reports of one iteration", timesSeen, { ...SLOW, holds: (count) => count >= 3 });
  await first.stop();
  const job = await storage.jobs.latestSynthesis(disturbed);
  expect(job).toMatchObject({ state: "queued", progress: { iteration: 1 } });
  const kept = await storage.jobs.checkpoint(job?.id ?? "");
  expect(kept && syntheticSetFromCheckpoint(kept).distances).toHaveLength(1);

  await workers.start(plan, "second");
  const undisturbed = await createComputeRun(storage, plan, synthesis);
  await workers.untilIdle(disturbed);
  await workers.untilIdle(undisturbed);
  expect(await storage.syntheticSets.latest(disturbed)).toEqual(
    await storage.syntheticSets.latest(undisturbed),
  );
});

test("[J15] a long iteration is kept in its middle, and another worker goes on from there to the same bytes", async () => {
  const storage = workers.storage();
  const small = computePlan(2);
  if (small.dynafed === null) throw new Error("expected a plan with DynaFed");
  const plan: Plan = { ...small, dynafed: { ...small.dynafed, innerSteps: 200, innerStep: 1e-3 } };
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const first = await workers.start(plan, "first", { checkpointMs: 1e9, longestGapMs: 1 });
  // The end of an iteration is no reason to keep anything here.
  const kept = await workers.untilSaved(disturbed);
  expect(syntheticSetFromCheckpoint(kept).iteration).toBeLessThan(2);
  await first.stop();
  expect(await storage.jobs.latestSynthesis(disturbed)).toMatchObject({ state: "queued" });

  await workers.start(plan, "second", { checkpointMs: 1e9 });
  const undisturbed = await createComputeRun(storage, plan, synthesis);
  await workers.untilIdle(disturbed);
  await workers.untilIdle(undisturbed);
  expect(await storage.syntheticSets.latest(disturbed)).toEqual(
    await storage.syntheticSets.latest(undisturbed),
  );
});

test("[J16] a checkpoint of another version is said, and the synthesis starts again to the same bytes", async () => {
  const storage = workers.storage();
  const plan = computePlan(3);
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const job = await storage.jobs.claim("before an update", 10_000);
  const older = new Uint8Array(64);
  older.set([0x54, 0x53, 0x59, 0x4e, 2]);
  await storage.jobs.saveCheckpoint(job?.id ?? "", "before an update", older);
  await storage.jobs.release(job?.id ?? "", "before an update");
  await workers.start(plan, "after it");
  const undisturbed = await createComputeRun(storage, plan, synthesis);
  await workers.untilIdle(disturbed);
  await workers.untilIdle(undisturbed);
  expect(workers.logged("warn")).toEqual([
    "expected checkpoint version 4, got 2: the synthesis starts again",
  ]);
  expect(await storage.syntheticSets.latest(disturbed)).not.toBeNull();
  expect(await storage.syntheticSets.latest(disturbed)).toEqual(
    await storage.syntheticSets.latest(undisturbed),
  );
});
