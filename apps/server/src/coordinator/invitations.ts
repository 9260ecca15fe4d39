/** What the members of a cohort are told when their round opens and closes. */
import { type Runtime, reasonOf } from "@tributary/platform";
import type { Hash } from "@tributary/protocol";
import { isAwaited, type RunEffect, type RunState } from "@tributary/rounds";
import type { Storage, StoredRun } from "@tributary/storage";
import { clientRuleOf } from "@tributary/strategy";
import type { Member, Roster } from "./roster.ts";
import type { RoundDeadline } from "./round-deadline.ts";
import type { Timers } from "./timers.ts";

/** Asks a volunteer to train, if the open round waits for its update and this connection has not been asked yet. */
export type Ask = (member: Member | undefined) => void;

export type InvitingOptions = {
  readonly storage: Pick<Storage, "strategyStates">;
  readonly run: StoredRun;
  /** Size of the run's model, which is also that of a control variate. */
  readonly snapshotBytes: number;
  readonly state: () => RunState;
  readonly deadline: RoundDeadline;
  readonly timers: Timers;
  readonly deps: Runtime;
};

const RETRY_MS = 1000;

/**
 * Asks members of the open round's cohort. If the strategy has control variates, the round's control variate is looked up
 * first, once a round: it is the newest that an earlier round left in the store.
 */
export function createInviting(options: InvitingOptions): Ask {
  const { run, state, timers, deps } = options;
  const hasControl = clientRuleOf(run.plan.strategy).controlVariates;
  let known: { readonly round: number; readonly control: Hash | null } | null = null;

  const lookUp = async (member: Member): Promise<void> => {
    const { round } = state();
    try {
      known = { round, control: await controlBefore(options, round) };
      ask(member);
    } catch (error) {
      deps.log.warn({ round, reason: reasonOf(error) }, "the control variate could not be read");
      timers.later(RETRY_MS, () => ask(member));
    }
  };
  const ask: Ask = (member) => {
    if (member === undefined) return;
    const { phase, round } = state();
    if (!hasControl) invite(options, member, null);
    else if (known?.round === round) invite(options, member, known.control);
    else if (phase === "collecting") void lookUp(member);
  };
  return ask;
}

async function controlBefore({ storage, run }: InvitingOptions, round: number): Promise<Hash | null> {
  const vectors = await storage.strategyStates.listBefore(run.id, round);
  return vectors.find(({ name }) => name === "control")?.hash ?? null;
}

function invite(
  { state: stateNow, snapshotBytes: bytes, deadline }: InvitingOptions,
  member: Member,
  control: Hash | null,
): void {
  const state = stateNow();
  const { round } = state;
  if (member.asked === round || !isAwaited(state, round, member.volunteer)) return;
  const manifestOf = (hash: Hash) => ({ dtype: "float32", elements: bytes / 4, bytes, hash }) as const;
  member.asked = round;
  member.connection.deliver({
    type: "round-opened",
    round,
    snapshot: manifestOf(state.snapshot),
    control: control === null ? null : manifestOf(control),
    deadlineInMs: Math.round(deadline.leftMs(round) ?? state.deadlineMs),
  });
}

/** Tells everybody who was asked in a round and is connected how it ended. */
export function tellClosed(roster: Roster, effect: Extract<RunEffect, { type: "close-round" }>): void {
  const { round, outcome } = effect;
  const counted = new Set(effect.counted);
  for (const { volunteer, asked, connection } of roster.members()) {
    if (asked !== round) continue;
    connection.deliver({ type: "round-closed", round, outcome, counted: counted.has(volunteer) });
  }
}
