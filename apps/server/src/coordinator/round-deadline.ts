import type { Runtime } from "@tributary/platform";
import type { Timers } from "./timers.ts";

/** The deadline of the open round, measured by this process: a restart starts it anew. */
export type RoundDeadline = {
  /** Calls `onPassed` after `deadlineMs`. Does nothing if the round is armed already. */
  arm(round: number, deadlineMs: number, onPassed: () => void): void;
  /** Milliseconds that the round has left, at least 0; null: it is not armed here. */
  leftMs(round: number): number | null;
};

/** Measures with the monotonic clock, so that a change of the time of day moves no deadline. */
export function createRoundDeadline(timers: Timers, deps: Runtime): RoundDeadline {
  let armed: { readonly round: number; readonly endMs: number } | null = null;
  return {
    arm(round, deadlineMs, onPassed) {
      if (armed?.round === round) return;
      armed = { round, endMs: deps.monotonicMs() + deadlineMs };
      timers.later(deadlineMs, onPassed);
    },
    leftMs: (round) => (armed?.round === round ? Math.max(0, armed.endMs - deps.monotonicMs()) : null),
  };
}
