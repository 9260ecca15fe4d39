import { beforeAll, describe, expect, test } from "vitest";
import { eventsFor } from "../../../testing/session-events.ts";
import { eventTypeOf, isUnchanged, reachableSessions } from "../../../testing/session-walk.ts";
import type { SessionEvent } from "../events.ts";
import { phaseOf, type SessionEventType, type SessionPhase } from "../phase.ts";
import type { Session } from "../state.ts";
import { step } from "../step.ts";
import type { Cell } from "./cells.ts";
import { sessionTable } from "./table.ts";

type Seen = { readonly to: Set<SessionPhase>; readonly effects: Set<string> };

const phases = Object.keys(sessionTable) as SessionPhase[];
const seen = new Map<string, Seen>();

/** Drives every kind of state with every kind of event, and notes what changed. */
beforeAll(() => {
  for (const session of reachableSessions()) {
    for (const event of eventsFor(session)) note(session, event);
  }
}, 120_000);

function note(session: Session, event: SessionEvent): void {
  const key = keyOf(phaseOf(session), eventTypeOf(event));
  const cell = seen.get(key) ?? { to: new Set(), effects: new Set() };
  seen.set(key, cell);
  const next = step(session, event);
  if (isUnchanged(session, next)) return;
  cell.to.add(phaseOf(next.session));
  for (const { type } of next.effects) cell.effects.add(type);
}

function keyOf(phase: SessionPhase, event: SessionEventType): string {
  return `${phase} ${event}`;
}

/** What a cell says, in the form of what was seen. */
function claimOf(cell: Cell): Seen {
  const { to, effects } = cell.outcome === "moves" ? cell : { to: [], effects: [] };
  return { to: new Set(to), effects: new Set(effects) };
}

describe.each(phases)("while %s", (phase) => {
  const events = Object.keys(sessionTable[phase]) as SessionEventType[];
  test.each(events)("[V42] the table says what %s does", (event) => {
    expect(seen.get(keyOf(phase, event))).toEqual(claimOf(sessionTable[phase][event]));
  });
});
