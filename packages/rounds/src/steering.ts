/** What the operator may ask of a run. A wish that does not fit the state of the run changes nothing. */
import type { RunState } from "./state.ts";
import { closing, end, move, prepend, type Step, stay, wait } from "./steps.ts";

/** Begins the run, ends its pause, or takes back a wish to pause. */
export function start(state: RunState): Step {
  switch (state.phase) {
    case "created":
      return wait(state, state.round + 1);
    case "paused":
      return wait(state, state.round);
    case "collecting":
    case "synthesizing":
      return state.after === "continue" ? stay(state) : move({ ...state, after: "continue" });
    case "aggregating":
    case "refining":
      return state.after === "pause" ? move({ ...state, after: "continue" }) : stay(state);
    default:
      return stay(state);
  }
}

/** Pauses between rounds: an open round is finished first. */
export function pause(state: RunState): Step {
  switch (state.phase) {
    case "waiting":
      return move({ ...state, phase: "paused" });
    case "collecting":
    case "aggregating":
    case "synthesizing":
    case "refining":
      return state.after === "continue" ? move({ ...state, after: "pause" }) : stay(state);
    default:
      return stay(state);
  }
}

/** Abandons a round that collects. A round that is being aggregated or refined is finished first. */
export function stop(state: RunState): Step {
  switch (state.phase) {
    case "created":
    case "synthesizing":
      return end("stopped", state, state.round);
    case "waiting":
    case "paused":
      return end("stopped", state, state.round - 1);
    case "collecting":
      return prepend(end("stopped", state, state.round), closing(state, "abandoned"));
    case "aggregating":
    case "refining":
      return state.after === "stop" ? stay(state) : move({ ...state, after: "stop" });
    default:
      return stay(state);
  }
}
