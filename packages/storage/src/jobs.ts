/**
 * The job queue. A worker holds a job by a lease; one that goes silent loses it to the next claim. What a job
 * leaves is stored in the transaction that ends it.
 */
import type { Hash } from "@tributary/protocol";
import { type Database, json, type Queryable, withoutNul } from "./database.ts";
import { storeSnapshot } from "./snapshots.ts";
import type { Job, JobProgress, JobRequest, JobResult, JobState, JobView, Storage } from "./storage.ts";
import { storeSyntheticSet } from "./synthetic-sets.ts";

/** A job fails for good when this many tries ended with a reason. */
const MAX_FAILURES = 3;
/** A job fails for good when this many workers in a row went silent without leaving a new checkpoint. */
const MAX_LOSSES = 10;

export function jobStorage(sql: Database): Storage["jobs"] {
  return {
    claim: (worker, leaseMs) => claim(sql, worker, leaseMs),
    async renew(job, worker, leaseMs, progress) {
      return sql.begin(async (transaction) => {
        const renewed = await transaction<{ run: string }[]>`
          update jobs set lease_until = now() + ${leaseMs} * interval '1 millisecond',
            progress = coalesce(${progress === null ? null : json(sql, progress)}::jsonb, progress)
          where id = ${job} and worker = ${worker} returning run`;
        if (progress !== null) await notifyRuns(transaction, renewed);
        return renewed.count > 0;
      });
    },
    async saveCheckpoint(job, worker, checkpoint) {
      const saved = await sql`
        update jobs set checkpoint = ${checkpoint}, losses = 0 where id = ${job} and worker = ${worker}`;
      return saved.count > 0;
    },
    complete: (job, worker, result) => complete(sql, job, worker, result),
    fail: (job, worker, reason) => fail(sql, job, worker, reason),
    async release(job, worker) {
      const [freed] = await sql<{ run: string }[]>`
        update jobs set state = 'queued', worker = null, lease_until = null
        where id = ${job} and worker = ${worker} returning run`;
      if (freed !== undefined) await sql.notify("jobs", freed.run);
    },
    async find(run, kind, round) {
      const [row] = await sql<JobRecord[]>`
        select ${viewColumns(sql)} from jobs where run = ${run} and kind = ${kind} and round = ${round}
        order by id desc limit 1`;
      return row === undefined ? null : jobView(row);
    },
    async latestSynthesis(run) {
      const [row] = await sql<JobRecord[]>`
        select ${viewColumns(sql)} from jobs where run = ${run} and kind = 'synthesize'
        order by round desc limit 1`;
      return row === undefined ? null : jobView(row);
    },
    async checkpoint(job) {
      const [row] = await sql<{ checkpoint: Uint8Array | null }[]>`
        select checkpoint from jobs where id = ${job}`;
      return row?.checkpoint ?? null;
    },
    async pending(run) {
      const [row] = await sql<{ count: number }[]>`
        select count(*) as count from jobs where run = ${run} and state in ('queued', 'working')`;
      return row?.count ?? 0;
    },
  };
}

/** Enqueues once: a job of the same run, kind, round and snapshot stays as it is. */
export async function enqueueJob(sql: Queryable, run: string, job: JobRequest): Promise<void> {
  const snapshot = job.kind === "synthesize" ? null : job.snapshot;
  await sql`
    insert into jobs (run, kind, round, snapshot) values (${run}, ${job.kind}, ${job.round}, ${snapshot})
    on conflict (run, kind, round, snapshot) do nothing`;
  await sql`select pg_notify('jobs', ${run})`;
}

export async function cancelSynthesis(sql: Queryable, run: string, reason: string): Promise<void> {
  await sql`
    update jobs set state = 'failed', failure = ${reason}, worker = null, lease_until = null, checkpoint = null,
      finished_at = now()
    where run = ${run} and kind = 'synthesize' and state in ('queued', 'working')`;
}

type ClaimedRecord = {
  readonly id: number;
  readonly run: string;
  readonly kind: JobRequest["kind"];
  readonly round: number;
  readonly snapshot: Hash | null;
  readonly attempts: number;
  readonly checkpoint: Uint8Array | null;
  readonly progress: JobProgress | null;
};

async function claim(sql: Database, worker: string, leaseMs: number): Promise<Job | null> {
  await giveUpLostJobs(sql);
  const [row] = await sql<ClaimedRecord[]>`
    update jobs set state = 'working', worker = ${worker},
      lease_until = now() + ${leaseMs} * interval '1 millisecond',
      losses = losses + (state = 'working')::integer
    where id = (
      select id from jobs
      where state = 'queued' or (state = 'working' and lease_until < now())
      order by array_position(array['refine', 'evaluate', 'synthesize'], kind), id
      for update skip locked limit 1)
    returning id, run, kind, round, snapshot, failures + losses + 1 as attempts, checkpoint, progress`;
  return row === undefined ? null : claimedJob(row);
}

async function giveUpLostJobs(sql: Database): Promise<void> {
  const reason = `${MAX_LOSSES} workers in a row went silent at this job`;
  await sql.begin(async (transaction) => {
    const lost = await transaction<{ run: string }[]>`
      update jobs set state = 'failed', failure = ${reason}, worker = null, lease_until = null, finished_at = now()
      where state = 'working' and lease_until < now() and losses >= ${MAX_LOSSES - 1} returning run`;
    await notifyRuns(transaction, lost);
  });
}

function claimedJob(row: ClaimedRecord): Job {
  const { run, round, attempts, checkpoint, progress } = row;
  const shared = { id: String(row.id), run, round, attempts, checkpoint, progress };
  if (row.kind === "synthesize") return { ...shared, kind: row.kind };
  if (row.snapshot === null) throw new Error(`job ${row.id} to ${row.kind} names no snapshot`);
  return { ...shared, kind: row.kind, snapshot: row.snapshot };
}

async function complete(sql: Database, job: string, worker: string, result: JobResult): Promise<boolean> {
  return sql.begin(async (transaction) => {
    const progress = result.kind === "synthesize" ? json(sql, result.progress) : null;
    const [ended] = await transaction<{ run: string; round: number; snapshot: Hash | null }[]>`
      update jobs set state = 'done', worker = null, lease_until = null, failure = null, checkpoint = null,
        finished_at = now(), progress = coalesce(${progress}::jsonb, progress)
      where id = ${job} and worker = ${worker} and kind = ${result.kind} returning run, round, snapshot`;
    if (ended === undefined) return false;
    await storeResult(transaction, ended, result);
    await notifyRuns(transaction, [ended]);
    return true;
  });
}

async function storeResult(
  sql: Queryable,
  job: { readonly run: string; readonly round: number; readonly snapshot: Hash | null },
  result: JobResult,
): Promise<void> {
  const { run, round, snapshot } = job;
  switch (result.kind) {
    case "evaluate":
      await sql`
        insert into evaluations (run, round, snapshot, accuracy, loss)
        values (${run}, ${round}, ${snapshot}, ${result.accuracy}, ${result.loss})`;
      return;
    case "synthesize":
      return storeSyntheticSet(sql, run, round, result.set);
    case "refine":
      return storeSnapshot(sql, run, round, "refined", result.snapshot);
    default:
      return result satisfies never;
  }
}

async function fail(sql: Database, job: string, worker: string, reason: string): Promise<void> {
  await sql.begin(async (transaction) => {
    const ended = await transaction<{ run: string; state: JobState }[]>`
      update jobs set failures = failures + 1, failure = ${withoutNul(reason)}, worker = null, lease_until = null,
        state = case when failures + 1 >= ${MAX_FAILURES} then 'failed' else 'queued' end,
        finished_at = case when failures + 1 >= ${MAX_FAILURES} then now() end
      where id = ${job} and worker = ${worker} returning run, state`;
    await notifyRuns(transaction, ended);
    for (const { run, state } of ended) if (state === "queued") await transaction.notify("jobs", run);
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

async function notifyRuns(sql: Queryable, rows: readonly { readonly run: string }[]): Promise<void> {
  for (const { run } of rows) await sql`select pg_notify('runs', ${run})`;
}
