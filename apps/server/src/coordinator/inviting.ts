import type { Runtime } from "@tributary/platform";
import type { Hash } from "@tributary/protocol";
import type { RunState } from "@tributary/rounds";
import type { Storage, StoredRun } from "@tributary/storage";
import { clientRuleOf } from "@tributary/strategy";
import { invite } from "./invitations.ts";
import type { Member } from "./roster.ts";
import type { Timers } from "./timers.ts";

const RETRY_MS = 1000;

/**
 * Asks members of the open round's cohort. Under a strategy with control variates its control variate is looked up first,
 * once a round: it is what the newest round before this one left in the store.
 */
export function createInviting(options: {
  readonly storage: Storage;
  readonly run: StoredRun;
  readonly snapshotBytes: number;
  readonly state: () => RunState;
  readonly timers: Timers;
  readonly deps: Runtime;
}): (member: Member | undefined) => void {
  const { storage, run, snapshotBytes, state, timers, deps } = options;
  const hasControl = clientRuleOf(run.plan.strategy).controlVariates;
  let known: { readonly round: number; readonly control: Hash | null } | null = null;

  const inviteWith = (member: Member, control: Hash | null) =>
    invite(member, state(), { snapshotBytes, control }, deps.nowMs());

  const lookUp = async (member: Member): Promise<void> => {
    const { round } = state();
    try {
      const vectors = await storage.strategyStates.listBefore(run.id, round);
      known = { round, control: vectors.find(({ name }) => name === "control")?.hash ?? null };
      ask(member);
    } catch (error) {
      deps.log.warn({ run: run.id, round, error: String(error) }, "the control variate could not be read");
      timers.later(RETRY_MS, () => ask(member));
    }
  };

  const ask = (member: Member | undefined): void => {
    if (member === undefined) return;
    const { phase, round } = state();
    if (!hasControl) inviteWith(member, null);
    else if (known?.round === round) inviteWith(member, known.control);
    else if (phase === "collecting") void lookUp(member);
  };
  return ask;
}
