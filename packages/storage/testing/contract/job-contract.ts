import { measured } from "@tributary/protocol/testing";
import { expect, test } from "vitest";
import type { Job, JobProgress, JobRequest } from "../../src/job.ts";
import type { Storage } from "../../src/storage.ts";
import { commitAll, createRun, initial, snapshot } from "./fixtures.ts";
import type { Opened } from "./storage-under-test.ts";

const progress: JobProgress = { backend: "cpu", iteration: 2, iterations: 9, distances: [[2, 0.9]], ms: 40 };
const evaluation: JobRequest = { kind: "evaluate", round: 1, snapshot: initial.hash };
const refinement: JobRequest = { kind: "refine", round: 1, snapshot: initial.hash };
const synthesis: JobRequest = { kind: "synthesize", round: 1 };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The queue is the database's, not a run's: every test begins with an empty one. */
export function jobContract(opened: Opened): void {
  const enqueue = async (...jobs: readonly JobRequest[]): Promise<string> => {
    const { storage } = opened();
    const run = await createRun(storage);
    await commitAll(storage, run, ...jobs.map((job) => ({ type: "enqueue-job", job }) as const));
    return run;
  };

  test("[S16] a job is enqueued once for its run, kind, round and snapshot", async () => {
    const { storage } = opened();
    const run = await enqueue(synthesis, evaluation, synthesis, evaluation, { ...evaluation, round: 2 });
    expect(await storage.jobs.pending(run)).toBe(3);
    await workOff(storage, run);
    await commitAll(storage, run, { type: "enqueue-job", job: synthesis });
    expect(await storage.jobs.pending(run)).toBe(0);
  });

  test("[S17] refinements are claimed first, then evaluations, then syntheses, each kind oldest first", async () => {
    const { storage } = opened();
    const run = await enqueue(synthesis, evaluation, { ...evaluation, round: 2 }, refinement);
    const order = (await workOff(storage, run)).map((job) => [job.kind, job.round]);
    expect(order).toEqual([
      ["refine", 1],
      ["evaluate", 1],
      ["evaluate", 2],
      ["synthesize", 1],
    ]);
  });

  test("[S18] two workers that claim at once never get the same job", async () => {
    const { storage, other } = opened();
    const jobs = Array.from({ length: 12 }, (_, index) => ({ ...evaluation, round: index + 1 }));
    const run = await enqueue(...jobs);
    const claims = await Promise.all(
      Array.from({ length: 16 }, (_, index) => (index % 2 ? storage : other).jobs.claim(`w${index}`, MINUTE)),
    );
    const ids = claims.flatMap((job) => (job?.run === run ? [job.id] : []));
    expect(new Set(ids).size).toBe(12);
    expect(ids).toHaveLength(12);
    for (const [index, job] of claims.entries()) {
      if (job !== null)
        await storage.jobs.complete(job.id, `w${index}`, { kind: "evaluate", measurement: measured(0, 0) });
    }
  });

  test("[S19] a job whose lease ran out goes to the next worker, and the first can neither renew, save nor end it", async () => {
    const { storage, other, expireLease, leaseLeftMs } = opened();
    const run = await enqueue(synthesis);
    const first = await claimOf(storage, run, "first", HOUR);
    expect(await leaseLeftMs(first.id)).toBeCloseTo(HOUR, -6);
    expect(await storage.jobs.renew(first.id, "first", 2 * HOUR, null)).toBe(true);
    expect(await leaseLeftMs(first.id)).toBeCloseTo(2 * HOUR, -6);
    expect(await other.jobs.claim("second", MINUTE)).toBeNull();
    await expireLease(first.id);
    expect(await claimOf(other, run, "second", MINUTE)).toMatchObject({ id: first.id, attempts: 2 });
    expect(await storage.jobs.renew(first.id, "first", MINUTE, progress)).toBe(false);
    expect(await storage.jobs.saveCheckpoint(first.id, "first", new Uint8Array([1]))).toBe(false);
    expect(await storage.jobs.complete(first.id, "first", synthesisResult)).toBe(false);
    await storage.jobs.fail(first.id, "first", "too late");
    expect(await storage.syntheticSets.latest(run)).toBeNull();
    expect(await other.jobs.renew(first.id, "second", MINUTE, null)).toBe(true);
    expect(await other.jobs.complete(first.id, "second", synthesisResult)).toBe(true);
    expect(await storage.syntheticSets.latest(run)).toEqual({ round: 1, ...synthesisResult.set });
  });

  test("[S20] checkpoint and progress pass to the next worker; a job that is given back counts no attempt", async () => {
    const { storage } = opened();
    const run = await enqueue(synthesis);
    const job = await claimOf(storage, run, "first", MINUTE);
    expect(job).toMatchObject({ attempts: 1, checkpoint: null, progress: null });
    expect(await storage.jobs.renew(job.id, "first", MINUTE, progress)).toBe(true);
    expect(await storage.jobs.renew(job.id, "first", MINUTE, null)).toBe(true);
    expect(await storage.jobs.saveCheckpoint(job.id, "first", new Uint8Array([1, 2, 3]))).toBe(true);
    expect(await storage.jobs.latestSynthesis(run)).toMatchObject({ state: "working", progress });
    expect(await storage.jobs.checkpoint(job.id)).toEqual(new Uint8Array([1, 2, 3]));
    await storage.jobs.release(job.id, "first");
    const again = await claimOf(storage, run, "second", MINUTE);
    expect(again).toMatchObject({ attempts: 1, checkpoint: new Uint8Array([1, 2, 3]), progress });
    await storage.jobs.complete(again.id, "second", synthesisResult);
    expect(await storage.jobs.latestSynthesis(run)).toMatchObject({ state: "done", progress });
    expect(await storage.jobs.checkpoint(job.id)).toBeNull();
  });

  test("[S21] a job that failed three times is failed for good, with its last reason", async () => {
    const { storage } = opened();
    const run = await enqueue(evaluation);
    for (const attempt of [1, 2, 3]) {
      const job = await claimOf(storage, run, "w", MINUTE);
      expect(job.attempts).toBe(attempt);
      await storage.jobs.fail(job.id, "w", `loss is NaN, try ${attempt}`);
    }
    expect(await storage.jobs.claim("w", MINUTE)).toBeNull();
    expect(await storage.jobs.pending(run)).toBe(0);
    expect(await storage.jobs.find(run, "evaluate", 1)).toMatchObject({
      state: "failed",
      failure: "loss is NaN, try 3",
    });
  });

  test("[S22] a job that silences ten workers in a row is failed for good; a checkpoint starts the count again", async () => {
    const { storage, expireLease } = opened();
    const run = await enqueue(synthesis);
    for (let silent = 0; silent < 9; silent++)
      await expireLease((await claimOf(storage, run, "w", MINUTE)).id);
    const job = await claimOf(storage, run, "w", MINUTE);
    expect(job.attempts).toBe(10);
    await storage.jobs.saveCheckpoint(job.id, "w", new Uint8Array([1]));
    for (let silent = 0; silent < 9; silent++) {
      await expireLease(job.id);
      expect((await storage.jobs.claim("w", MINUTE))?.id).toBe(job.id);
    }
    await expireLease(job.id);
    expect(await storage.jobs.claim("w", MINUTE)).toBeNull();
    expect(await storage.jobs.find(run, "synthesize", 1)).toMatchObject({ state: "failed" });
  });

  test("[S23] what a job leaves is stored with its end, or the job does not end", async () => {
    const { storage } = opened();
    const run = await enqueue(refinement);
    const job = await claimOf(storage, run, "w", MINUTE);
    const broken = { hash: "not a hash", parameters: new Uint8Array(4) };
    await expect(storage.jobs.complete(job.id, "w", { kind: "refine", snapshot: broken })).rejects.toThrow();
    expect(await storage.jobs.find(run, "refine", 1)).toMatchObject({ state: "working" });
    expect(await storage.jobs.complete(job.id, "w", { kind: "refine", snapshot: snapshot(5) })).toBe(true);
    expect((await storage.snapshots.list(run)).map((stored) => stored.kind)).toEqual(["initial", "refined"]);
  });
}

const synthesisResult = {
  kind: "synthesize",
  progress,
  set: {
    imagesPerClass: 1,
    images: snapshot(1, 2, 3, 4).parameters,
    labelLogits: snapshot(0, 1).parameters,
    innerStep: 0.04,
  },
} as const;

async function claimOf(storage: Storage, run: string, worker: string, leaseMs: number): Promise<Job> {
  const job = await storage.jobs.claim(worker, leaseMs);
  if (job?.run !== run) throw new Error(`expected a job of ${run}, got one of ${job?.run}`);
  return job;
}

async function workOff(storage: Storage, run: string): Promise<readonly Job[]> {
  const done: Job[] = [];
  while ((await storage.jobs.pending(run)) > 0) {
    const job = await claimOf(storage, run, "w", MINUTE);
    done.push(job);
    if (job.kind === "synthesize") await storage.jobs.complete(job.id, "w", synthesisResult);
    if (job.kind === "evaluate")
      await storage.jobs.complete(job.id, "w", { kind: "evaluate", measurement: measured(0, 0) });
    if (job.kind === "refine")
      await storage.jobs.complete(job.id, "w", { kind: "refine", snapshot: snapshot(5) });
  }
  return done;
}
