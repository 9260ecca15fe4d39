/** The ways in which one step of the round machine can end. */
import type { Hash } from "@tributary/protocol";
import type { Effects, RunEffect } from "./effects.ts";
import type { RunRules } from "./rules.ts";
import type { AfterRound, RunState, Trajectory } from "./state.ts";

export type Step = { readonly state: RunState; readonly effects: Effects };

export type In<Phase extends RunState["phase"]> = Extract<RunState, { phase: Phase }>;

export function stay(state: RunState): Step {
  return { state, effects: [] };
}

export function move(state: RunState, ...effects: Effects): Step {
  return { state, effects };
}

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

/** After an aggregated round whose model is `snapshot`. */
export function goOn(ended: Ended, snapshot: Hash, rules: RunRules): Step {
  const { round, completed, trajectory, after } = ended;
  if (completed >= rules.rounds) return end("finished", { completed, snapshot }, round);
  if (after === "stop") return end("stopped", { completed, snapshot }, round);
  return rest({ round: round + 1, completed, snapshot, trajectory }, after);
}

export function rest(between: Between, after: "continue" | "pause"): Step {
  return after === "pause" ? move({ phase: "paused", ...between }) : wait(between, between.round);
}

export function wait(from: Between, round: number): Step {
  const { completed, snapshot, trajectory } = from;
  return move({ phase: "waiting", round, completed, snapshot, trajectory }, { type: "seek-cohort", round });
}

export function end(
  outcome: "finished" | "stopped",
  last: { readonly completed: number; readonly snapshot: Hash },
  round: number,
): Step {
  const { completed, snapshot } = last;
  return move({ phase: outcome, round, completed, snapshot }, { type: "end-run", outcome });
}

export function closing(
  state: In<"collecting"> | In<"aggregating">,
  outcome: "aggregated" | "abandoned",
): RunEffect {
  const counted = state.phase === "aggregating" ? state.reported : [];
  return { type: "close-round", round: state.round, outcome, counted };
}
