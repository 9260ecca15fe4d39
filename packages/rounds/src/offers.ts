import type { Hash, RefusalReason, VolunteerId } from "@tributary/protocol";
import type { RunState } from "./state.ts";

/** An update by its hash, and the round and snapshot that it was trained on. */
export type Offer = { readonly round: number; readonly snapshot: Hash; readonly hash: Hash };

export type Judgement =
  | { readonly outcome: "wanted" }
  /** The very same update is committed already. */
  | { readonly outcome: "recorded" }
  | { readonly outcome: "refused"; readonly reason: RefusalReason; readonly detail: string };

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

function notOpen(state: RunState, round: number): Judgement {
  const closed = lastClosedRound(state);
  if (round >= 1 && round <= closed) return refused("late", `round ${round} is closed`);
  const newest = state.phase === "collecting" ? state.round : closed;
  return refused("wrong-round", `expected an update of round ${newest}, got one of round ${round}`);
}

function refused(reason: RefusalReason, detail: string): Judgement {
  return { outcome: "refused", reason, detail };
}
