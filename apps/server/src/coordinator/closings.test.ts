import { initialState, type RunEvent, type RunState, rulesOf, step } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import { expect, test } from "vitest";
import { watchClosings } from "./closings.ts";

const plan = testPlan({ rounds: 5, cohort: { size: 1, minimum: 1, quorum: 1, deadlineMs: 1000 } });
const rules = rulesOf(plan);
const round = (number: number): readonly RunEvent[] => [
  { type: "cohort-ready", round: number, cohort: ["v1"], atMs: 0 },
  { type: "update-recorded", round: number, volunteer: "v1", examples: 3, atMs: 0 },
  { type: "aggregated", round: number, aggregate: "a".repeat(64), atMs: 0 },
];

test("[T19] each round that closes is told once, several that closed elsewhere together, and none that had closed before", () => {
  let state: RunState = initialState(plan, "0".repeat(64));
  const after = (...events: readonly RunEvent[]) => {
    for (const event of events) state = step(state, event, rules).state;
  };
  after({ type: "started", atMs: 0 }, ...round(1));
  const told: number[] = [];
  const look = watchClosings(
    () => state,
    (closed) => told.push(closed),
  );
  const [opened, reported, aggregated] = round(2);
  for (const event of [opened, reported, aggregated]) {
    if (event !== undefined) after(event);
    look();
    look();
  }
  expect(told).toEqual([2]);
  after(...round(3), ...round(4));
  look();
  expect(told).toEqual([2, 4]);
});
