import type { RunState } from "./state.ts";

/** The newest round that takes no more updates; 0: none has closed. Never falls while a run goes on. */
export function lastClosedRound(state: RunState): number {
  switch (state.phase) {
    // The round that is open, or that is waited for: it has its number, and was never opened.
    case "collecting":
    case "waiting":
    case "paused":
      return state.round - 1;
    case "created":
    case "aggregating":
    case "synthesizing":
    case "refining":
    case "stopped":
    case "finished":
      return state.round;
    default:
      return state satisfies never;
  }
}
