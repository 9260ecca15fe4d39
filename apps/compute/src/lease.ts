/** A worker's hold on one job: renewed on a timer while the work goes on, and known to be lost when it is. */
import type { JobProgress, Storage } from "@tributary/storage";

export type Lease = {
  /** Aborts when the job is no longer this worker's. */
  readonly lost: AbortSignal;
  /** Writes progress with the next renewal, at once where the last one is `progressMs` old. */
  report(progress: JobProgress): void;
  /** Stops the renewals and waits for the one under way. */
  end(): Promise<void>;
};

export type LeaseTiming = {
  readonly leaseMs: number;
  readonly renewMs: number;
  /** Progress is written at most this often, but for renewals. */
  readonly progressMs: number;
};

export function holdLease(deps: {
  readonly jobs: Pick<Storage["jobs"], "renew">;
  readonly job: string;
  readonly worker: string;
  readonly timing: LeaseTiming;
  readonly nowMs: () => number;
}): Lease {
  const { jobs, job, worker, timing, nowMs } = deps;
  const lost = new AbortController();
  let progress: JobProgress | null = null;
  let [heldAtMs, reportedAtMs] = [nowMs(), Number.NEGATIVE_INFINITY];
  let underWay: Promise<void> = Promise.resolve();
  let busy = false;

  const renew = async (): Promise<void> => {
    const [startedMs, newest] = [nowMs(), progress];
    progress = null;
    try {
      if (await jobs.renew(job, worker, timing.leaseMs, newest)) heldAtMs = startedMs;
      else lost.abort(new Error(`job ${job} is no longer held`));
    } catch (cause) {
      // The database may come back before the lease is over.
      progress ??= newest;
      if (nowMs() - heldAtMs > timing.leaseMs) {
        lost.abort(new Error(`job ${job} could not be held`, { cause }));
      }
    } finally {
      busy = false;
    }
  };
  const renewNow = () => {
    if (busy || lost.signal.aborted) return;
    busy = true;
    underWay = renew();
  };
  const timer = setInterval(renewNow, timing.renewMs);

  return {
    lost: lost.signal,
    report(newest) {
      progress = newest;
      if (nowMs() - reportedAtMs < timing.progressMs) return;
      reportedAtMs = nowMs();
      renewNow();
    },
    async end() {
      clearInterval(timer);
      await underWay;
    },
  };
}
