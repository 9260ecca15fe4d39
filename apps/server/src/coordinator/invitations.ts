/** What the members of a cohort are told when their round opens and closes. */
import type { Hash } from "@tributary/protocol";
import type { RunEffect, RunState } from "@tributary/rounds";
import type { Member, Roster } from "./roster.ts";

/** Asks a member of the open round's cohort that has not reported, once a connection. */
export function invite(
  member: Member | undefined,
  state: RunState,
  tensors: { readonly snapshotBytes: number; readonly control: Hash | null },
  nowMs: number,
): void {
  if (member === undefined || state.phase !== "collecting" || member.asked === state.round) return;
  if (!state.cohort.has(member.volunteer) || state.received.has(member.volunteer)) return;
  const { round, snapshot: hash, deadlineAtMs } = state;
  const { snapshotBytes: bytes, control } = tensors;
  const manifestOf = (named: Hash) =>
    ({ dtype: "float32", elements: bytes / 4, bytes, hash: named }) as const;
  member.asked = round;
  member.connection.deliver({
    type: "round-opened",
    round,
    snapshot: manifestOf(hash),
    control: control === null ? null : manifestOf(control),
    deadlineInMs: Math.max(0, Math.round(deadlineAtMs - nowMs)),
  });
}

/** Tells everybody who was asked in a round, and is connected, how it ended. */
export function tellClosed(roster: Roster, effect: Extract<RunEffect, { type: "close-round" }>): void {
  const { round, outcome } = effect;
  const counted = new Set(effect.counted);
  for (const { volunteer, asked, connection } of roster.members()) {
    if (asked !== round) continue;
    connection.deliver({ type: "round-closed", round, outcome, counted: counted.has(volunteer) });
  }
}
