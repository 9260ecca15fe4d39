import type { RunActivity } from "@tributary/protocol";
import type { RunRules } from "./rules.ts";
import type { RunState } from "./state.ts";
import type { SynthesisProgress } from "./synthesis-progress.ts";

/** What the shell knows beside the state. */
export type Surroundings = {
  /** Volunteers that are connected and available. */
  readonly available: number;
  /** Milliseconds until the open round's deadline; null: this process does not measure it. */
  readonly leftMs: number | null;
  /** Progress of the synthesis that the run waits for. */
  readonly synthesis: SynthesisProgress;
};

/** What a run is doing, in the words that volunteers and operators are shown. */
export function activityOf(state: RunState, rules: RunRules, around: Surroundings): RunActivity {
  switch (state.phase) {
    case "waiting":
      return { state: "waiting", available: around.available, needed: rules.minimum };
    case "collecting":
      return {
        state: "collecting",
        round: state.round,
        reported: state.received.size,
        asked: state.cohort.size,
        deadlineInMs: Math.round(around.leftMs ?? state.deadlineMs),
      };
    case "synthesizing":
      return { state: "synthesizing", round: state.round, ...around.synthesis };
    case "created":
      return { state: "paused", round: state.round };
    case "aggregating":
    case "refining":
    case "paused":
    case "stopped":
    case "finished":
      return { state: state.phase, round: state.round };
    default:
      return state satisfies never;
  }
}
