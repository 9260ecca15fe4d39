/** How a worker gets, keeps and gives back a job: the lease of a silent worker runs out, and the next claim takes it. */
import type { Hash } from "@tributary/protocol";
import { type Database, json } from "./database.ts";
import type { Job, JobProgress, JobRequest } from "./job.ts";
import { notifyJobs, notifyRuns } from "./notifications.ts";

/** A job fails for good when this many workers in a row went silent without leaving a new checkpoint. */
const MAX_LOSSES = 10;

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

/** See `JobStorage.claim`. Two claims at once never get the same job: each skips the rows that the other has locked. */
export async function claimJob(sql: Database, worker: string, leaseMs: number): Promise<Job | null> {
  await giveUpLostJobs(sql);
  const [row] = await sql<ClaimedRecord[]>`
    /* claim-job */
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
      /* give-up-lost-jobs */
      update jobs set state = 'failed', failure = ${reason}, worker = null, lease_until = null, finished_at = now()
      where state = 'working' and lease_until < now() and losses >= ${MAX_LOSSES - 1} returning run`;
    for (const { run } of lost) await notifyRuns(transaction, run);
  });
}

function claimedJob(row: ClaimedRecord): Job {
  const { run, round, attempts, checkpoint, progress } = row;
  const shared = { id: String(row.id), run, round, attempts, checkpoint, progress };
  if (row.kind === "synthesize") return { ...shared, kind: row.kind };
  if (row.snapshot === null) throw new Error(`job ${row.id} to ${row.kind} names no snapshot`);
  return { ...shared, kind: row.kind, snapshot: row.snapshot };
}

/** See `JobStorage.renew`. A renewal without progress keeps the last one, and notifies nobody. */
export async function renewLease(
  sql: Database,
  job: string,
  worker: string,
  leaseMs: number,
  progress: JobProgress | null,
): Promise<boolean> {
  return sql.begin(async (transaction) => {
    const [renewed] = await transaction<{ run: string }[]>`
      /* renew-lease */
      update jobs set lease_until = now() + ${leaseMs} * interval '1 millisecond',
        progress = coalesce(${progress === null ? null : json(sql, progress)}::jsonb, progress)
      where id = ${job} and worker = ${worker} returning run`;
    if (renewed === undefined) return false;
    if (progress !== null) await notifyRuns(transaction, renewed.run);
    return true;
  });
}

/** See `JobStorage.release`. Does nothing when the job is no longer this worker's. */
export async function releaseJob(sql: Database, job: string, worker: string): Promise<void> {
  const [freed] = await sql<{ run: string }[]>`
    /* release-job */
    update jobs set state = 'queued', worker = null, lease_until = null
    where id = ${job} and worker = ${worker} returning run`;
  if (freed !== undefined) await notifyJobs(sql, freed.run);
}
