/** The loop of a compute process: claim a job, hold it while it runs, store what came of it, look for the next. */
import { type Log, reasonOf } from "@tributary/platform";
import type { Job } from "@tributary/storage";
import type { JobContext, JobDeps } from "./job.ts";
import { holdLease, type Lease, type LeaseTiming } from "./lease.ts";
import { runJob } from "./run-job.ts";

/** What a worker is made of. */
export type WorkerDeps = JobDeps & {
  /** Names this worker in its leases; unlike every other, this process's earlier lives included. */
  readonly worker: string;
  /** `pollMs`: how often it looks for jobs that no notification told of. */
  readonly timing: LeaseTiming & { readonly pollMs: number };
  readonly log: Log;
};

/** A worker at work. */
export type Worker = {
  /** Gives the job under way back, with a checkpoint where it is a synthesis, and ends. */
  stop(): Promise<void>;
};

/** How a compute process works by default. */
export const workerTiming = { leaseMs: 10_000, renewMs: 2_000, progressMs: 700, pollMs: 2_000 } as const;
/** When a synthesis saves and reports by default. */
export const synthesisTiming = { checkpointMs: 5_000, longestGapMs: 15_000, beatMs: 250 } as const;

/**
 * Works off the queue, one job at a time, until it is stopped. Throws where the store cannot be reached at the start;
 * afterwards it waits for the store to come back. Every job leaves one line in the log when it is claimed and one when
 * it ends: done, failed, given back (this worker stops) or dropped (it is another worker's by now, or cancelled).
 */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  const stopping = new AbortController();
  const bell = createBell();
  const unlisten = await deps.storage.listen("jobs", bell.ring);
  const ended = workUntil(stopping.signal, deps, bell);
  return {
    async stop() {
      stopping.abort(new Error("the compute process stops"));
      bell.ring();
      await ended;
      await unlisten();
    },
  };
}

async function workUntil(stopping: AbortSignal, deps: WorkerDeps, bell: Bell): Promise<void> {
  while (!stopping.aborted) {
    try {
      const job = await deps.storage.jobs.claim(deps.worker, deps.timing.leaseMs);
      if (job === null) await bell.wait(deps.timing.pollMs);
      else await work(job, deps, stopping);
    } catch (error) {
      deps.log.warn({ reason: reasonOf(error) }, "the job queue cannot be reached; trying again");
      await bell.wait(deps.timing.pollMs);
    }
  }
}

/** Throws only where the store cannot be reached: then the lease runs out, and the job is claimed anew. */
async function work(job: Job, deps: WorkerDeps, stopping: AbortSignal): Promise<void> {
  const { jobs } = deps.storage;
  const log = jobLog(job, deps);
  log.info({ attempt: job.attempts }, "job claimed");
  const lease = holdLease({ ...deps, jobs, job: job.id });
  try {
    const result = await runJob(job, deps, contextOf(job, lease, deps, log, stopping));
    await lease.end();
    const isStored = await jobs.complete(job.id, deps.worker, result);
    if (isStored) log.info({}, "job done");
    else log.warn({ reason: `job ${job.id} is no longer held` }, "job dropped");
  } catch (error) {
    await lease.end();
    if (lease.lost.aborted) log.warn({ reason: reasonOf(lease.lost.reason) }, "job dropped");
    else if (stopping.aborted) {
      await jobs.release(job.id, deps.worker);
      log.info({}, "job given back");
    } else {
      const reason = reasonOf(error);
      log.error({ attempt: job.attempts, reason }, "job failed");
      await jobs.fail(job.id, deps.worker, reason);
    }
  }
}

function contextOf(
  job: Job,
  lease: Lease,
  { storage, worker }: WorkerDeps,
  log: Log,
  stopping: AbortSignal,
): JobContext {
  return {
    signal: AbortSignal.any([stopping, lease.lost]),
    report: lease.report,
    async saveCheckpoint(checkpoint) {
      await storage.jobs.saveCheckpoint(job.id, worker, checkpoint);
    },
    warn: (text) => log.warn({}, text),
  };
}

/** Says in every line which job it is about, and how long this worker has had it. */
function jobLog({ run, id, kind, round }: Job, { log, backend, nowMs }: WorkerDeps): Log {
  const startedMs = nowMs();
  const about = (fields: object) => ({
    ...{ run, job: id, kind, round, backend },
    durationMs: Math.round(nowMs() - startedMs),
    ...fields,
  });
  return {
    info: (fields, message) => log.info(about(fields), message),
    warn: (fields, message) => log.warn(about(fields), message),
    error: (fields, message) => log.error(about(fields), message),
  };
}

type Bell = { ring(): void; wait(atMostMs: number): Promise<void> };

/** Rings are kept: one that comes before the wait ends it at once. */
function createBell(): Bell {
  let rung = false;
  let wake: () => void = () => undefined;
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(atMostMs) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, atMostMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
