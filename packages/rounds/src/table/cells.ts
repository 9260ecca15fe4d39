/** The vocabulary of the round machine's transition table. */
import type { Expected } from "@tributary/protocol";
import type { RunEffect } from "../effects.ts";
import type { RunEventType, RunPhase } from "../state.ts";

/** What one event does in one phase of a run. */
export type Cell = Expected<RunPhase, RunEffect["type"]>;

/** What every event does in one phase. */
export type Row = Readonly<Record<RunEventType, Cell>>;

/** The event changes nothing, whatever the state within the phase. */
export function ignored(because: string): Cell {
  return { outcome: "ignored", because };
}

/** The event can lead to exactly these phases, and ask for exactly these effects. */
export function moves(to: readonly RunPhase[], effects: readonly RunEffect["type"][], when: string): Cell {
  return { outcome: "moves", to, effects, when };
}

/** The same cell for several events. */
export function same<Event extends RunEventType>(
  events: readonly Event[],
  cell: Cell,
): Readonly<Record<Event, Cell>> {
  return Object.fromEntries(events.map((event) => [event, cell])) as Record<Event, Cell>;
}

/** What comes of the volunteers in an open round. */
export const roundEvents = [
  "update-recorded",
  "volunteer-left",
  "volunteer-returned",
  "deadline-passed",
] as const;
/** The answers to a synthesis that was asked for. */
export const synthesisEvents = ["synthesized", "synthesis-failed"] as const;
/** The answers to a refine that was asked for. */
export const refineEvents = ["refined", "refine-failed"] as const;
