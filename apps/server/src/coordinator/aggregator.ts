import { type Runtime, wait } from "@tributary/platform";
import type { RunEffect } from "@tributary/rounds";
import type { Storage, StoredRun } from "@tributary/storage";
import { aggregateRound } from "./aggregate-round.ts";
import type { Post } from "./event-queue.ts";

type Aggregate = Extract<RunEffect, { type: "aggregate" }>;

export type Aggregator = {
  /** Aggregates a round beside the queue, and retries until it succeeds. Does nothing if it is at it already. */
  begin(effect: Aggregate): void;
};

export type AggregatorOptions = {
  readonly storage: Storage;
  readonly run: StoredRun;
  readonly deps: Runtime;
  /** Once true, no further attempt is made. */
  readonly isClosed: () => boolean;
  readonly post: Post;
};

const RETRY_MS = 1000;

/** Aggregates one round at a time. */
export function createAggregator(options: AggregatorOptions): Aggregator {
  let working: number | null = null;
  const work = async (effect: Aggregate) => {
    working = effect.round;
    while (!options.isClosed() && !(await attempt(options, effect))) await wait(options.deps, RETRY_MS);
    working = null;
  };
  return {
    begin(effect) {
      if (working !== effect.round) void work(effect);
    },
  };
}

/** Posts the aggregate, which is stored with its event. Returns false after a failure, and logs it. */
async function attempt(
  options: AggregatorOptions,
  { round, snapshot, reported }: Aggregate,
): Promise<boolean> {
  const { storage, run, deps, post } = options;
  try {
    const updates = reported.length;
    const aggregated = await aggregateRound(storage, run, { round, snapshot, updates }, deps);
    const aggregate = aggregated.snapshot.hash;
    post(() => ({ type: "aggregated", round, aggregate, atMs: deps.nowMs() }), aggregated);
    return true;
  } catch (error) {
    deps.log.error({ round, err: error }, "aggregating failed");
    return false;
  }
}
