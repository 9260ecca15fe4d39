import { type Runtime, wait } from "@tributary/platform";
import type { RunEffect } from "@tributary/rounds";
import type { Storage, StoredRun } from "@tributary/storage";
import { type AggregatedRound, aggregateRound } from "./aggregate-round.ts";

type Aggregate = Extract<RunEffect, { type: "aggregate" }>;

export type Aggregator = {
  /** Aggregates a round beside the queue, until it succeeds; asked again meanwhile, it goes on as it is. */
  begin(effect: Aggregate): void;
};

const RETRY_MS = 1000;

export function createAggregator(options: {
  readonly storage: Storage;
  readonly run: StoredRun;
  readonly deps: Runtime;
  readonly isClosed: () => boolean;
  readonly onAggregated: (round: number, combined: AggregatedRound) => void;
}): Aggregator {
  const { storage, run, deps } = options;
  let working: number | null = null;

  const attempt = async ({ round, snapshot, reported }: Aggregate): Promise<boolean> => {
    try {
      const updates = reported.length;
      options.onAggregated(round, await aggregateRound(storage, run, { round, snapshot, updates }, deps));
      return true;
    } catch (error) {
      deps.log.error({ run: run.id, round, error: String(error) }, "aggregating failed");
      return false;
    }
  };
  const work = async (effect: Aggregate) => {
    working = effect.round;
    while (!options.isClosed() && !(await attempt(effect))) await wait(deps, RETRY_MS);
    working = null;
  };

  return {
    begin(effect) {
      if (working !== effect.round) void work(effect);
    },
  };
}
