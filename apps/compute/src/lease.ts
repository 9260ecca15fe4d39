/** A worker's hold on one job: renewed on a timer while the work goes on, and known to be lost when it is. */
import type { JobProgress, Storage } from "@tributary/storage";

/** A job that is held. Whoever holds it ends the lease when the work is over, well or not. */
export type Lease = {
  /** Aborts when the job is no longer this worker's. */
  readonly lost: AbortSignal;
  /** Writes progress with the next renewal, at once where the last one is `progressMs` old. */
  report(progress: JobProgress): void;
  /** Stops the renewals and waits for the one under way. The job stays this worker's until the lease runs out. */
  end(): Promise<void>;
};

/** All in milliseconds; `renewMs` well below `leaseMs`, so that a few renewals may fail. */
export type LeaseTiming = {
  /** How long the job stays this worker's after a renewal. */
  readonly leaseMs: number;
  /** How often the lease is renewed. */
  readonly renewMs: number;
  /** Least time between two writes of progress, renewals aside. */
  readonly progressMs: number;
};

/** The job, its holder, and where the lease is kept. */
export type LeaseDeps = {
  readonly jobs: Pick<Storage["jobs"], "renew">;
  /** Id of a job that `worker` has claimed just now. */
  readonly job: string;
  readonly worker: string;
  readonly timing: LeaseTiming;
  readonly nowMs: () => number;
};

/**
 * Holds a claimed job until `end`. Never throws: the lease counts as lost when the store says so, and when the store
 * cannot be reached for longer than `leaseMs`, because another worker may have claimed the job by then.
 */
export function holdLease(deps: LeaseDeps): Lease {
  const { timing, nowMs } = deps;
  const renewals = createRenewals(deps);
  const timer = setInterval(renewals.start, timing.renewMs);
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  return {
    lost: renewals.lost,
    report(progress) {
      renewals.takeAlong(progress);
      if (nowMs() - reportedAtMs < timing.progressMs) return;
      reportedAtMs = nowMs();
      renewals.start();
    },
    async end() {
      clearInterval(timer);
      await renewals.idle();
    },
  };
}

/** One renewal at a time. Each takes along the newest progress that is not written yet. */
function createRenewals({ jobs, job, worker, timing, nowMs }: LeaseDeps) {
  const lost = new AbortController();
  let heldAtMs = nowMs();
  let waiting: JobProgress | null = null;
  let underWay: Promise<void> | null = null;

  const renew = async (): Promise<void> => {
    const [startedMs, progress] = [nowMs(), waiting];
    waiting = null;
    try {
      if (await jobs.renew(job, worker, timing.leaseMs, progress)) heldAtMs = startedMs;
      else lost.abort(new Error(`job ${job} is no longer held`));
    } catch (cause) {
      // The database may come back before the lease is over.
      waiting ??= progress;
      if (nowMs() - heldAtMs > timing.leaseMs)
        lost.abort(new Error(`job ${job} could not be held`, { cause }));
    } finally {
      underWay = null;
    }
  };
  return {
    lost: lost.signal,
    takeAlong(progress: JobProgress) {
      waiting = progress;
    },
    start() {
      if (underWay === null && !lost.signal.aborted) underWay = renew();
    },
    async idle() {
      await underWay;
    },
  };
}
