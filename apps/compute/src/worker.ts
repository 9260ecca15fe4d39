/** The loop of a compute process: claim a job, hold it while it runs, store what came of it, look for the next. */
import type { Log } from "@tributary/platform";
import type { Job } from "@tributary/storage";
import type { JobDeps } from "./job.ts";
import { holdLease, type LeaseTiming } from "./lease.ts";
import { runJob } from "./run-job.ts";

export type WorkerDeps = JobDeps & {
  /** Names this worker in its leases; unlike every other, this process's earlier lives included. */
  readonly worker: string;
  /** `pollMs`: how often it looks for jobs that no notification told of. */
  readonly timing: LeaseTiming & { readonly pollMs: number };
  readonly log: Log;
};

export type Worker = {
  /** Gives the job under way back, with a checkpoint where it is a synthesis, and ends. */
  stop(): Promise<void>;
};

/** How a compute process works by default. */
export const workerTiming = { leaseMs: 10_000, renewMs: 2_000, progressMs: 700, pollMs: 2_000 } as const;
export const synthesisTiming = { checkpointMs: 5_000, longestGapMs: 15_000, beatMs: 250 } as const;

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
      deps.log.warn({ error: String(error) }, "the job queue cannot be reached; trying again");
      await bell.wait(deps.timing.pollMs);
    }
  }
}

/** Throws only where the store cannot be reached: then the lease runs out, and the job is claimed anew. */
async function work(job: Job, deps: WorkerDeps, stopping: AbortSignal): Promise<void> {
  const { storage, worker, timing, log } = deps;
  const about = { run: job.run, job: job.id, kind: job.kind, round: job.round };
  const lease = holdLease({ jobs: storage.jobs, job: job.id, worker, timing, nowMs: deps.nowMs });
  try {
    const result = await runJob(job, deps, {
      signal: AbortSignal.any([stopping, lease.lost]),
      report: lease.report,
      async saveCheckpoint(checkpoint) {
        await storage.jobs.saveCheckpoint(job.id, worker, checkpoint);
      },
      warn: (text) => log.warn(about, text),
    });
    await lease.end();
    if (!(await storage.jobs.complete(job.id, worker, result))) log.warn(about, "job lost before its end");
  } catch (error) {
    await lease.end();
    if (lease.lost.aborted) log.warn({ ...about, reason: String(lease.lost.reason) }, "job dropped");
    else if (stopping.aborted) await storage.jobs.release(job.id, worker);
    else await fail(job, error, deps, about);
  }
}

async function fail(job: Job, error: unknown, deps: WorkerDeps, about: object): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  deps.log.error({ ...about, reason, attempt: job.attempts }, "job failed");
  await deps.storage.jobs.fail(job.id, deps.worker, reason);
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
