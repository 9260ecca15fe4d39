import type { Effects } from "./effects.ts";
import type { RunState } from "./state.ts";

/** What a restarted shell performs so that the run goes on. Idempotent: everything durable is written already. */
export function resume(state: RunState): Effects {
  switch (state.phase) {
    case "waiting":
      return [{ type: "seek-cohort", round: state.round }];
    case "collecting":
      return [{ type: "arm-deadline", round: state.round, deadlineAtMs: state.deadlineAtMs }];
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

/** A deadline that passed while nobody was there to report is put off to `earliestMs`. */
export function graced(effects: Effects, earliestMs: number): Effects {
  return effects.map((effect) =>
    effect.type === "arm-deadline"
      ? { ...effect, deadlineAtMs: Math.max(effect.deadlineAtMs, earliestMs) }
      : effect,
  );
}
