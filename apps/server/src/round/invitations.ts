/** What the members of a cohort are told when their round opens and closes. */
import type { RunEffect } from "./effects.ts";
import type { Member, Roster } from "./roster.ts";
import type { RunState } from "./state.ts";

/** Asks a member of the open round's cohort that has not reported, once a connection. */
export function invite(
  member: Member | undefined,
  state: RunState,
  snapshotBytes: number,
  nowMs: number,
): void {
  if (member === undefined || state.phase !== "collecting" || member.asked === state.round) return;
  if (!state.cohort.has(member.volunteer) || state.received.has(member.volunteer)) return;
  const { round, snapshot: hash, deadlineAtMs } = state;
  member.asked = round;
  member.connection.deliver({
    type: "round-opened",
    round,
    snapshot: { dtype: "float32", elements: snapshotBytes / 4, bytes: snapshotBytes, hash },
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
