import type { VolunteerId } from "@tributary/protocol";
import type { RunState } from "./state.ts";
import type { In } from "./steps.ts";

/** Whether `round` is open and this member of its cohort has not reported. The member may have left meanwhile. */
export function isAwaited(state: RunState, round: number, volunteer: VolunteerId): state is In<"collecting"> {
  return (
    state.phase === "collecting" &&
    round === state.round &&
    state.cohort.has(volunteer) &&
    !state.received.has(volunteer)
  );
}
