import type { Effects } from "./effects.ts";
import type { RunState } from "./state.ts";

/**
 * What a restarted shell performs so that the run goes on. Idempotent: everything durable is written already. The
 * deadline of an open round starts anew, since no clock that can be trusted knows how long the shell was away.
 */
export function resume(state: RunState): Effects {
  switch (state.phase) {
    case "waiting":
      return [{ type: "seek-cohort", round: state.round }];
    case "collecting":
      return [{ type: "arm-deadline", round: state.round, deadlineMs: state.deadlineMs }];
    case "aggregating": {
      const { round, snapshot, reported } = state;
      return [{ type: "aggregate", round, snapshot, reported }];
    }
    case "synthesizing":
      return [{ type: "synthesize", round: state.round }];
    case "refining":
      return [{ type: "refine", round: state.round, snapshot: state.aggregate }];
    case "stopped":
    case "finished":
      return [{ type: "end-run", outcome: state.phase }];
    case "created":
    case "paused":
      return [];
    default:
      return state satisfies never;
  }
}

/** The effects with deadlines of at least `leastMs`, which is how long volunteers have to come back after a restart. */
export function graced(effects: Effects, leastMs: number): Effects {
  return effects.map((effect) =>
    effect.type === "arm-deadline" ? { ...effect, deadlineMs: Math.max(effect.deadlineMs, leastMs) } : effect,
  );
}
