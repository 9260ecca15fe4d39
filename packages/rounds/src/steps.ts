/** The ways in which one step of the round machine can end. */
import type { Hash } from "@tributary/protocol";
import type { Effects, RunEffect } from "./effects.ts";
import type { RunRules } from "./rules.ts";
import type { AfterRound, RunState, Trajectory } from "./state.ts";

/** What comes of an event: the next state, and what the shell performs once the event is committed. */
export type Step = { readonly state: RunState; readonly effects: Effects };

/** The state of a run that is in this phase. */
export type In<Phase extends RunState["phase"]> = Extract<RunState, { phase: Phase }>;

/** Nothing changes: the very same state, and no effects. */
export function stay(state: RunState): Step {
  return { state, effects: [] };
}

/** Goes to another state. */
export function move(state: RunState, ...effects: Effects): Step {
  return { state, effects };
}

/** The step with effects before its own. */
export function prepend(next: Step, ...effects: Effects): Step {
  return { state: next.state, effects: [...effects, ...next.effects] };
}

type Ended = {
  readonly round: number;
  readonly completed: number;
  readonly trajectory: Trajectory;
  readonly after: AfterRound;
};
type Between = Omit<In<"waiting">, "phase">;

/** What follows an aggregated round whose model is `snapshot`: the end of the run, a pause, or the next round. */
export function goOn(ended: Ended, snapshot: Hash, rules: RunRules): Step {
  const { round, completed, trajectory, after } = ended;
  if (completed >= rules.rounds) return end("finished", { completed, snapshot }, round);
  if (after === "stop") return end("stopped", { completed, snapshot }, round);
  return rest({ round: round + 1, completed, snapshot, trajectory }, after);
}

/** Pauses if the operator has asked for it. Otherwise waits for the next round. */
export function rest(between: Between, after: "continue" | "pause"): Step {
  return after === "pause" ? move({ phase: "paused", ...between }) : wait(between, between.round);
}

/** Waits for volunteers for `round`. */
export function wait(from: Between, round: number): Step {
  const { completed, snapshot, trajectory } = from;
  return move({ phase: "waiting", round, completed, snapshot, trajectory }, { type: "seek-cohort", round });
}

/** The run is over; `round` is the last one that was opened. */
export function end(
  outcome: "finished" | "stopped",
  last: { readonly completed: number; readonly snapshot: Hash },
  round: number,
): Step {
  const { completed, snapshot } = last;
  return move({ phase: outcome, round, completed, snapshot }, { type: "end-run", outcome });
}

/** The effect that closes the open round. Its updates count if they became part of an aggregate. */
export function closing(
  state: In<"collecting"> | In<"aggregating">,
  outcome: "aggregated" | "abandoned",
): RunEffect {
  const counted = state.phase === "aggregating" ? state.reported : [];
  return { type: "close-round", round: state.round, outcome, counted };
}
