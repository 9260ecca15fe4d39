import type { Hash, RefusalReason, VolunteerId } from "@tributary/protocol";
import { lastClosedRound } from "./last-closed-round.ts";
import type { RunState } from "./state.ts";

/** An update by its hash, and the round and snapshot that it was trained on. */
export type Offer = { readonly round: number; readonly snapshot: Hash; readonly hash: Hash };

/** What the server answers an offer. `refused`: it is final, and offering the same update again does not help. */
export type Judgement =
  | { readonly outcome: "wanted" }
  /** The very same update is committed already. */
  | { readonly outcome: "recorded" }
  | { readonly outcome: "refused"; readonly reason: RefusalReason; readonly detail: string };

/**
 * Judges an offer by the state of the run, before or after its bytes have come. `committed` gives the hash of the
 * update that is stored for a volunteer and a round; undefined where none is known.
 */
export function judgeOffer(
  state: RunState,
  volunteer: VolunteerId,
  offer: Offer,
  committed: (round: number, volunteer: VolunteerId) => Hash | undefined,
): Judgement {
  const { round } = offer;
  const stored = committed(round, volunteer);
  if (stored === offer.hash) return { outcome: "recorded" };
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
  return { outcome: "wanted" };
}

function notOpen(state: RunState, round: number): Judgement {
  const closed = lastClosedRound(state);
  if (round >= 1 && round <= closed) return refused("late", `round ${round} is closed`);
  const newest = state.phase === "collecting" ? state.round : closed;
  return refused("wrong-round", `expected an update of round ${newest}, got one of round ${round}`);
}

function refused(reason: RefusalReason, detail: string): Judgement {
  return { outcome: "refused", reason, detail };
}
