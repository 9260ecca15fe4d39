/** The vocabulary of the session's transition table. */
import type { Expected } from "@tributary/protocol";
import type { SessionEffect } from "../events.ts";
import type { SessionEventType, SessionPhase } from "../phase.ts";

/** What one event does in one phase of a session. */
export type Cell = Expected<SessionPhase, SessionEffect["type"]>;

/** What every event does in one phase. */
export type Row = Readonly<Record<SessionEventType, Cell>>;

/** The event changes nothing, whatever the state within the phase. */
export function ignored(because: string): Cell {
  return { outcome: "ignored", because };
}

/** The event can lead to exactly these phases, and ask for exactly these effects. */
export function moves(
  to: readonly SessionPhase[],
  effects: readonly SessionEffect["type"][],
  when: string,
): Cell {
  return { outcome: "moves", to, effects, when };
}

/** The same cell for several events. */
export function same<Event extends SessionEventType>(
  events: readonly Event[],
  cell: Cell,
): Readonly<Record<Event, Cell>> {
  return Object.fromEntries(events.map((event) => [event, cell])) as Record<Event, Cell>;
}
