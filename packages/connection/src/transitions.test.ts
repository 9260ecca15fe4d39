import { describe, expect, test } from "vitest";
import { eventsFor, eventTypeOf, reachableStates, walkLimits } from "../testing/connection-walk.ts";
import type { ConnectionEvent } from "./events.ts";
import type { ConnectionPhase, ConnectionState } from "./state.ts";
import { step } from "./step.ts";
import { type ConnectionEventType, connectionTable } from "./transitions.ts";

type Seen = { readonly to: Set<string>; readonly effects: Set<string> };

const seen = new Map<string, Seen>();
for (const state of reachableStates()) {
  for (const event of eventsFor(state)) note(state, event);
}

function note(state: ConnectionState, event: ConnectionEvent): void {
  const key = keyOf(state.phase, eventTypeOf(event));
  const cell = seen.get(key) ?? { to: new Set(), effects: new Set() };
  seen.set(key, cell);
  const next = step(state, event, walkLimits);
  if (next.state === state && next.effects.length === 0) return;
  cell.to.add(next.state.phase);
  for (const { type } of next.effects) cell.effects.add(type);
}

function keyOf(phase: ConnectionPhase, event: ConnectionEventType): string {
  return `${phase} ${event}`;
}

describe.each(Object.keys(connectionTable) as ConnectionPhase[])("while %s", (phase) => {
  const row = connectionTable[phase];
  test.each(Object.keys(row) as ConnectionEventType[])("[T22] the table says what %s does", (event) => {
    const cell = row[event];
    const { to, effects } = cell.outcome === "moves" ? cell : { to: [], effects: [] };
    expect(seen.get(keyOf(phase, event))).toEqual({ to: new Set(to), effects: new Set(effects) });
  });
});
