import { describe, expect, test } from "vitest";
import { eventsOf, reachableRuns, walkedPlans } from "../../testing/run-walk.ts";
import { step } from "../machine.ts";
import { rulesOf } from "../rules.ts";
import type { RunEventType, RunPhase } from "../state.ts";
import { type Cell, ignored, moves } from "./cells.ts";
import { roundPhases, roundTable } from "./round-table.ts";

const phases = Object.keys(roundTable) as RunPhase[];
const walked = walkedPlans.map((plan) => ({ rules: rulesOf(plan), states: reachableRuns(plan) }));

/** What the events of one type, of the round that a run is in, did to every state of the phase. */
function seenIn(phase: RunPhase, type: RunEventType): Cell {
  const to = new Set<RunPhase>();
  const effects = new Set<Parameters<typeof moves>[1][number]>();
  for (const { rules, states } of walked) {
    for (const state of states.filter((each) => each.phase === phase)) {
      for (const event of eventsOf(type, state.round)) {
        const next = step(state, event, rules);
        if (next.state === state) expect(next.effects).toEqual([]);
        else to.add(next.state.phase);
        for (const effect of next.effects) effects.add(effect.type);
      }
    }
  }
  return to.size === 0 ? ignored("") : moves(sorted(to), sorted(effects), "");
}

/** What a cell says, without its words. */
function claimOf(cell: Cell): Cell {
  return cell.outcome === "ignored" ? ignored("") : moves(sorted(cell.to), sorted(cell.effects), "");
}

function sorted<Name extends string>(names: Iterable<Name>): readonly Name[] {
  return [...names].sort();
}

test("[R28] the walk reaches every phase, and every phase says what it means", () => {
  const counts = phases.map((phase) => [
    phase,
    walked.reduce((sum, { states }) => sum + states.filter((state) => state.phase === phase).length, 0),
  ]);
  for (const [phase, count] of counts) expect(count, String(phase)).toBeGreaterThan(2);
  expect(Object.keys(roundPhases)).toEqual(phases);
});

describe.each(phases)("while %s", (phase) => {
  const events = Object.keys(roundTable[phase]) as RunEventType[];
  test.each(events)("[R28] the table says what %s does", (event) => {
    expect(seenIn(phase, event)).toEqual(claimOf(roundTable[phase][event]));
  });

  test("[R5] an event of another round changes nothing", () => {
    let tried = 0;
    for (const { rules, states } of walked) {
      for (const state of states.filter((each) => each.phase === phase)) {
        const others = [state.round - 1, state.round + 1, state.round + 2];
        const stale = others.flatMap((round) => events.flatMap((type) => eventsOf(type, round)));
        for (const event of stale.filter((each) => "round" in each)) {
          const next = step(state, event, rules);
          if (next.state !== state || next.effects.length > 0) expect.unreachable(JSON.stringify(event));
          tried += 1;
        }
      }
    }
    expect(tried).toBeGreaterThan(100);
  });
});
