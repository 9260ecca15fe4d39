/** Prints the progress of runs: a line for each round, now and then one for a synthesis, and the time that is left. */
import type { Measurement } from "./estimate.ts";
import { advance, createOutlook, type FollowedRun, timeLeft, without } from "./outlook.ts";
import { progressWords, type RunProgress } from "./progress.ts";

/** What a run says, its end included. */
export type FollowedMessage =
  | RunProgress
  | { readonly type: "run-done" }
  | { readonly type: "run-failed"; readonly reason: string };

export type Follower<Run> = {
  /** Takes one message of a run. */
  hear(run: Run, message: FollowedMessage): void;
  /** "12 to 15 min left" */
  left(): string;
};

export type FollowerOptions<Run extends FollowedRun> = {
  readonly runs: readonly Run[];
  /** How a line about the run begins. */
  readonly prefixOf: (run: Run) => string;
  /** Rounds that a run's folder already has. */
  readonly done: ReadonlyMap<Run, number>;
  /** Measurements from before the runs began. */
  readonly known: readonly Measurement[];
  /** How many runs are worked at once, as far as known. */
  readonly jobs: () => number;
  readonly say: (line: string) => void;
  readonly nowMs: () => number;
};

const SYNTHESIS_EVERY_MS = 10_000;

/** See `FollowerOptions`. */
export function createFollower<Run extends FollowedRun>(options: FollowerOptions<Run>): Follower<Run> {
  const { prefixOf, jobs, say, nowMs } = options;
  let outlook = createOutlook(options.runs, options.done, options.known);
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const left = () => timeLeft(outlook, jobs());

  function tell(run: Run, progress: RunProgress): void {
    const words = progressWords(progress, run.plan);
    if (words === null) return;
    if (progress.type === "iteration-done") {
      const isEnd = progress.iteration === progress.iterations;
      if (!isEnd && nowMs() - saidAtMs < SYNTHESIS_EVERY_MS) return;
      saidAtMs = nowMs();
    }
    const endsPiece = progress.type === "round-done" || progress.type === "iteration-done";
    say(`${prefixOf(run)}${words}${endsPiece ? `; ${left()}` : ""}`);
  }

  return {
    left,
    hear(run, message) {
      switch (message.type) {
        case "run-done":
          outlook = without(outlook, run);
          return say(`${prefixOf(run)}finished`);
        case "run-failed":
          outlook = without(outlook, run);
          return say(`${prefixOf(run)}failed: ${message.reason}`);
        default:
          outlook = advance(outlook, run, message);
          return tell(run, message);
      }
    },
  };
}
