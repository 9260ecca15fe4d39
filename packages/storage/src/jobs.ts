/**
 * The job queue. A worker holds a job by a lease; one that goes silent loses it to the next claim. What a job
 * leaves is stored in the transaction that ends it.
 */
import type { Hash, Measurement } from "@tributary/protocol";
import { type Database, json, type Queryable, withoutNul } from "./database.ts";
import type { JobRequest, JobResult, JobState, JobStorage, JobView } from "./job.ts";
import { claimJob, releaseJob, renewLease } from "./job-leases.ts";
import { notifyJobs, notifyRuns } from "./notifications.ts";
import { storeSnapshot } from "./snapshots.ts";
import { storeSyntheticSet } from "./synthetic-sets.ts";

/** A job fails for good when this many tries ended with a reason. */
const MAX_FAILURES = 3;

/** The job queue on `sql`. */
export function jobStorage(sql: Database): JobStorage {
  return {
    claim: (worker, leaseMs) => claimJob(sql, worker, leaseMs),
    renew: (job, worker, leaseMs, progress) => renewLease(sql, job, worker, leaseMs, progress),
    async saveCheckpoint(job, worker, checkpoint) {
      const saved = await sql`
        /* save-checkpoint */
        update jobs set checkpoint = ${checkpoint}, losses = 0 where id = ${job} and worker = ${worker}`;
      return saved.count > 0;
    },
    complete: (job, worker, result) => complete(sql, job, worker, result),
    fail: (job, worker, reason) => fail(sql, job, worker, reason),
    release: (job, worker) => releaseJob(sql, job, worker),
    ...jobViews(sql),
  };
}

/** What is read of jobs without claiming them. */
function jobViews(sql: Database): Pick<JobStorage, "find" | "latestSynthesis" | "checkpoint" | "pending"> {
  return {
    async find(run, kind, round) {
      const [row] = await sql<JobRecord[]>`
        /* find-job */
        select ${viewColumns(sql)} from jobs where run = ${run} and kind = ${kind} and round = ${round}
        order by id desc limit 1`;
      return row === undefined ? null : jobView(row);
    },
    async latestSynthesis(run) {
      const [row] = await sql<JobRecord[]>`
        /* find-latest-synthesis */
        select ${viewColumns(sql)} from jobs where run = ${run} and kind = 'synthesize'
        order by round desc limit 1`;
      return row === undefined ? null : jobView(row);
    },
    async checkpoint(job) {
      const [row] = await sql<{ checkpoint: Uint8Array | null }[]>`
        /* read-checkpoint */
        select checkpoint from jobs where id = ${job}`;
      return row?.checkpoint ?? null;
    },
    async pending(run) {
      const [row] = await sql<{ count: number }[]>`
        /* count-pending-jobs */
        select count(*) as count from jobs where run = ${run} and state in ('queued', 'working')`;
      return row?.count ?? 0;
    },
  };
}

/** Enqueues once: a job of the same run, kind, round and snapshot stays as it is. */
export async function enqueueJob(sql: Queryable, run: string, job: JobRequest): Promise<void> {
  const snapshot = job.kind === "synthesize" ? null : job.snapshot;
  await sql`
    /* enqueue-job */
    insert into jobs (run, kind, round, snapshot) values (${run}, ${job.kind}, ${job.round}, ${snapshot})
    on conflict (run, kind, round, snapshot) do nothing`;
  await notifyJobs(sql, run);
}

/** Fails the run's synthesis with this reason where one is queued or under way, and forgets its checkpoint. */
export async function cancelSynthesis(sql: Queryable, run: string, reason: string): Promise<void> {
  await sql`
    /* cancel-synthesis */
    update jobs set state = 'failed', failure = ${reason}, worker = null, lease_until = null, checkpoint = null,
      finished_at = now()
    where run = ${run} and kind = 'synthesize' and state in ('queued', 'working')`;
}

async function complete(sql: Database, job: string, worker: string, result: JobResult): Promise<boolean> {
  return sql.begin(async (transaction) => {
    const progress = result.kind === "synthesize" ? json(sql, result.progress) : null;
    const [ended] = await transaction<EndedRecord[]>`
      /* complete-job */
      update jobs set state = 'done', worker = null, lease_until = null, failure = null, checkpoint = null,
        finished_at = now(), progress = coalesce(${progress}::jsonb, progress)
      where id = ${job} and worker = ${worker} and kind = ${result.kind} returning run, round, snapshot`;
    if (ended === undefined) return false;
    await storeResult(transaction, ended, result);
    await notifyRuns(transaction, ended.run);
    return true;
  });
}

type EndedRecord = { readonly run: string; readonly round: number; readonly snapshot: Hash | null };

async function storeResult(sql: Queryable, job: EndedRecord, result: JobResult): Promise<void> {
  const { run, round, snapshot } = job;
  switch (result.kind) {
    case "evaluate":
      await sql`
        /* store-evaluation */
        insert into evaluations (run, round, snapshot, accuracy, loss, measurement)
        values (${run}, ${round}, ${snapshot}, ${accuracyOf(result.measurement)}, ${result.measurement.loss},
          ${json(sql, result.measurement)})`;
      return;
    case "synthesize":
      return storeSyntheticSet(sql, run, round, result.set);
    case "refine":
      return storeSnapshot(sql, run, round, "refined", result.snapshot);
    default:
      return result satisfies never;
  }
}

function accuracyOf(measurement: Measurement): number | null {
  return measurement.kind === "classification" ? measurement.accuracy : null;
}

async function fail(sql: Database, job: string, worker: string, reason: string): Promise<void> {
  await sql.begin(async (transaction) => {
    const [ended] = await transaction<{ run: string; state: JobState }[]>`
      /* fail-job */
      update jobs set failures = failures + 1, failure = ${withoutNul(reason)}, worker = null, lease_until = null,
        state = case when failures + 1 >= ${MAX_FAILURES} then 'failed' else 'queued' end,
        finished_at = case when failures + 1 >= ${MAX_FAILURES} then now() end
      where id = ${job} and worker = ${worker} returning run, state`;
    if (ended === undefined) return;
    await notifyRuns(transaction, ended.run);
    if (ended.state === "queued") await notifyJobs(transaction, ended.run);
  });
}

type JobRecord = Omit<JobView, "id"> & { readonly id: number };

function viewColumns(sql: Queryable) {
  return sql`id, kind, round, state, progress, failure`;
}

function jobView(row: JobRecord): JobView {
  const { kind, round, state, progress, failure } = row;
  return { id: String(row.id), kind, round, state, progress, failure };
}
