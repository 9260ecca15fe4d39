import type { Hash, RefusalReason, VolunteerId } from "@tributary/protocol";
import type { RunState } from "./state.ts";

export type Offer = { readonly round: number; readonly snapshot: Hash; readonly hash: Hash };

export type Judgement =
  | { readonly verdict: "wanted" }
  /** The very same update is committed already. */
  | { readonly verdict: "known" }
  | { readonly verdict: "refused"; readonly reason: RefusalReason; readonly detail: string };

/**
 * Whether a run wants an update, as far as its state can tell. `committed` gives the hash of the update that is
 * stored for a volunteer and a round, as far as it knows.
 */
export function judgeOffer(
  state: RunState,
  volunteer: VolunteerId,
  offer: Offer,
  committed: (round: number, volunteer: VolunteerId) => Hash | undefined,
): Judgement {
  const { round } = offer;
  const stored = committed(round, volunteer);
  if (stored === offer.hash) return { verdict: "known" };
  if (stored !== undefined) {
    return refused("duplicate", `round ${round} has the update ${stored} of yours, got ${offer.hash}`);
  }
  const open = state.phase === "collecting" && state.round === round;
  if (!open) return notOpen(state, round);
  if (!state.cohort.has(volunteer))
    return refused("not-in-cohort", `round ${round} did not ask ${volunteer}`);
  if (offer.snapshot !== state.snapshot) {
    return refused("wrong-snapshot", `round ${round} trains ${state.snapshot}, got ${offer.snapshot}`);
  }
  return { verdict: "wanted" };
}

function notOpen(state: RunState, round: number): Judgement {
  // A round that is waited for has its number already, but was never opened.
  const opened = state.phase === "waiting" || state.phase === "paused" ? state.round - 1 : state.round;
  if (round >= 1 && round <= opened) return refused("late", `round ${round} is closed`);
  return refused("wrong-round", `expected an update of round ${opened}, got one of round ${round}`);
}

function refused(reason: RefusalReason, detail: string): Judgement {
  return { verdict: "refused", reason, detail };
}
