import { type Runtime, wait } from "@tributary/platform";
import type { RunEffect } from "@tributary/rounds";
import type { Storage, StoredRun } from "@tributary/storage";
import { aggregateRound, type CombinedRound } from "./aggregate-round.ts";

type Aggregate = Extract<RunEffect, { type: "aggregate" }>;

export type Averaging = {
  /** Averages a round beside the queue, until it succeeds; asked again meanwhile, it goes on as it is. */
  begin(effect: Aggregate): void;
};

const RETRY_MS = 1000;

export function createAveraging(options: {
  readonly storage: Storage;
  readonly run: StoredRun;
  readonly deps: Runtime;
  readonly isClosed: () => boolean;
  readonly onAveraged: (round: number, combined: CombinedRound) => void;
}): Averaging {
  const { storage, run, deps } = options;
  let working: number | null = null;

  const attempt = async ({ round, snapshot, reported }: Aggregate): Promise<boolean> => {
    try {
      const updates = reported.length;
      options.onAveraged(round, await aggregateRound(storage, run, { round, snapshot, updates }, deps));
      return true;
    } catch (error) {
      deps.log.error({ run: run.run, round, error: String(error) }, "averaging failed");
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
