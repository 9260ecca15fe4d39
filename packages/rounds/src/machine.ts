/**
 * The round machine: what a run does next, decided from events alone. Pure: no clock, no randomness, no weights.
 *
 * A round number is opened at most once and aggregated at most once; every event names its round, so that a stale
 * timer, a late job or a repeated message changes nothing.
 */
import type { Hash, Plan, VolunteerId } from "@tributary/protocol";
import type { Effects, RunEffect } from "./effects.ts";
import { isAwaited } from "./is-awaited.ts";
import { type RunRules, rulesOf } from "./rules.ts";
import type { RunEvent, RunState, Trajectory } from "./state.ts";
import { pause, start, stop } from "./steering.ts";
import { closing, goOn, type In, move, prepend, rest, type Step, stay } from "./steps.ts";

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** The state of a run that the operator has not started. Its first round will be number 1. */
export function initialState(plan: Plan, initialSnapshot: Hash): RunState {
  const trajectory: Trajectory =
    rulesOf(plan).trajectory === null ? { kind: "none" } : { kind: "collecting", snapshots: 1 };
  return { phase: "created", round: 0, completed: 0, snapshot: initialSnapshot, trajectory };
}

/** Advances a run by one event. Returns the very same `state` when the event changes nothing. */
export function step(state: RunState, event: RunEvent, rules: RunRules): Step {
  switch (event.type) {
    case "started":
      return start(state);
    case "pause-requested":
      return pause(state);
    case "stop-requested":
      return stop(state);
    case "cohort-ready":
      return openRound(state, event, rules);
    case "update-recorded":
      return recordUpdate(state, event, rules);
    case "volunteer-left":
      return dropVolunteer(state, event, rules);
    case "volunteer-returned":
      return takeBack(state, event);
    case "deadline-passed":
      return passDeadline(state, event, rules);
    case "aggregated":
      return afterAggregation(state, event, rules);
    case "synthesized":
    case "synthesis-failed":
      return afterSynthesis(state, event);
    case "refined":
    case "refine-failed":
      return afterRefine(state, event, rules);
    default:
      return event satisfies never;
  }
}

/** The state that a run's events lead to, in the order in which they were committed. */
export function replay(initial: RunState, events: Iterable<RunEvent>, rules: RunRules): RunState {
  let state = initial;
  for (const event of events) state = step(state, event, rules).state;
  return state;
}

function openRound(state: RunState, event: Of<"cohort-ready">, rules: RunRules): Step {
  if (state.phase !== "waiting" || event.round !== state.round) return stay(state);
  const cohort = new Set(event.cohort);
  if (cohort.size < rules.minimum || cohort.size > rules.size) return stay(state);
  const { round, snapshot } = state;
  const { deadlineMs } = rules;
  return move(
    {
      ...state,
      phase: "collecting",
      cohort,
      received: new Map(),
      dropped: new Set(),
      deadlineMs,
      after: "continue",
    },
    { type: "open-round", round, snapshot, cohort: [...cohort] },
    { type: "arm-deadline", round, deadlineMs },
  );
}

function recordUpdate(state: RunState, event: Of<"update-recorded">, rules: RunRules): Step {
  const { volunteer } = event;
  if (!isAwaited(state, event.round, volunteer)) return stay(state);
  const received = new Map(state.received).set(volunteer, event.examples);
  const next: In<"collecting"> = { ...state, received, dropped: without(state.dropped, volunteer) };
  return prepend(settle(next, rules), { type: "keep-update", round: state.round, volunteer });
}

function dropVolunteer(state: RunState, event: Of<"volunteer-left">, rules: RunRules): Step {
  const { volunteer } = event;
  if (!isAwaited(state, event.round, volunteer) || state.dropped.has(volunteer)) return stay(state);
  const next: In<"collecting"> = { ...state, dropped: new Set(state.dropped).add(volunteer) };
  return prepend(settle(next, rules), { type: "drop-volunteer", round: state.round, volunteer });
}

function takeBack(state: RunState, event: Of<"volunteer-returned">): Step {
  const { volunteer } = event;
  if (!isAwaited(state, event.round, volunteer) || !state.dropped.has(volunteer)) return stay(state);
  return move({ ...state, dropped: without(state.dropped, volunteer) });
}

function passDeadline(state: RunState, event: Of<"deadline-passed">, rules: RunRules): Step {
  if (state.phase !== "collecting" || event.round !== state.round) return stay(state);
  return state.received.size < rules.quorum ? abandon(state) : close(state);
}

/** Closes as soon as nobody is left to wait for; abandons as soon as the quorum is out of reach. */
function settle(state: In<"collecting">, rules: RunRules): Step {
  if (state.cohort.size - state.dropped.size < rules.quorum) return abandon(state);
  const nobodyLeft = state.received.size + state.dropped.size === state.cohort.size;
  return nobodyLeft ? close(state) : move(state);
}

function close(state: In<"collecting">): Step {
  const { round, completed, snapshot, trajectory, after } = state;
  const reported = [...state.received.keys()].sort();
  return move(
    { phase: "aggregating", round, completed, snapshot, trajectory, reported, after },
    { type: "aggregate", round, snapshot, reported },
  );
}

function abandon(state: In<"collecting">): Step {
  const { completed, snapshot, trajectory, after } = state;
  const between = { round: state.round + 1, completed, snapshot, trajectory };
  return prepend(rest(between, after), closing(state, "abandoned"));
}

function afterAggregation(state: RunState, event: Of<"aggregated">, rules: RunRules): Step {
  if (state.phase !== "aggregating" || event.round !== state.round) return stay(state);
  const { round, after } = state;
  const { aggregate } = event;
  const trajectory = lengthen(state.trajectory);
  const base = { round, completed: state.completed + 1, trajectory };
  const written: Effects = [
    { type: "keep-snapshot", round, kind: "aggregate", snapshot: aggregate },
    closing(state, "aggregated"),
    ...evaluation(round, aggregate, rules),
  ];
  if (trajectory.kind === "synthesized") {
    const refine: RunEffect = { type: "refine", round, snapshot: aggregate };
    return prepend(move({ phase: "refining", ...base, aggregate, after }, refine), ...written);
  }
  const complete = trajectory.kind === "collecting" && trajectory.snapshots === rules.trajectory;
  if (complete && after !== "stop" && base.completed < rules.rounds) {
    const next: RunState = { phase: "synthesizing", ...base, snapshot: aggregate, after };
    return prepend(move(next, { type: "synthesize", round }), ...written);
  }
  return prepend(goOn({ ...base, after }, aggregate, rules), ...written);
}

/** The round ends with its refined model, which is evaluated, or with its aggregate if the refine failed for good. */
function afterRefine(state: RunState, event: Of<"refined"> | Of<"refine-failed">, rules: RunRules): Step {
  if (state.phase !== "refining" || event.round !== state.round) return stay(state);
  if (event.type === "refine-failed") return endRound(state, state.aggregate, rules);
  const { round, refined } = event;
  return prepend(endRound(state, refined, rules), ...evaluation(round, refined, rules));
}

/** The evaluation of a round's model, where the server has data for it. */
function evaluation(round: number, snapshot: Hash, { evaluates }: RunRules): Effects {
  return evaluates ? [{ type: "evaluate", round, snapshot }] : [];
}

/** The round ends with `snapshot`. If a refresh is due, it comes before the next round. */
function endRound(state: In<"refining">, snapshot: Hash, rules: RunRules): Step {
  const { round, completed, trajectory, after } = state;
  const isDue = trajectory.kind === "synthesized" && trajectory.rounds === rules.refreshEvery;
  if (!isDue || after === "stop" || completed >= rules.rounds) return goOn(state, snapshot, rules);
  const next: RunState = { phase: "synthesizing", round, completed, trajectory, snapshot, after };
  return move(next, { type: "synthesize", round });
}

/** After a failed refresh the older set stays in use, for as many rounds again. A first synthesis that fails ends DynaFed. */
function afterSynthesis(state: RunState, event: Of<"synthesized"> | Of<"synthesis-failed">): Step {
  if (state.phase !== "synthesizing" || event.round !== state.round) return stay(state);
  const { completed, snapshot, after } = state;
  const hasSet = event.type === "synthesized" || state.trajectory.kind === "synthesized";
  const trajectory: Trajectory = hasSet ? { kind: "synthesized", rounds: 0 } : { kind: "given-up" };
  return rest({ round: state.round + 1, completed, snapshot, trajectory }, after);
}

function lengthen(trajectory: Trajectory): Trajectory {
  if (trajectory.kind === "synthesized") return { ...trajectory, rounds: trajectory.rounds + 1 };
  if (trajectory.kind !== "collecting") return trajectory;
  return { ...trajectory, snapshots: trajectory.snapshots + 1 };
}

function without(set: ReadonlySet<VolunteerId>, volunteer: VolunteerId): ReadonlySet<VolunteerId> {
  const rest = new Set(set);
  rest.delete(volunteer);
  return rest;
}
