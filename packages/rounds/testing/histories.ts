/** For tests: random histories of runs. Properties are checked over the same ones each time. */
import type { Plan } from "@tributary/protocol";
import fc from "fast-check";
import type { RunEffect } from "../src/effects.ts";
import { initialState, step } from "../src/machine.ts";
import { type RunRules, rulesOf } from "../src/rules.ts";
import type { RunEvent, RunState } from "../src/state.ts";
import { hashOf, initialHash } from "./hashes.ts";
import { testPlan } from "./plan.ts";
import { volunteers } from "./willing.ts";

const plans: fc.Arbitrary<Plan> = fc
  .record({
    rounds: fc.integer({ min: 1, max: 7 }),
    size: fc.integer({ min: 1, max: 4 }),
    minimum: fc.integer({ min: 1, max: 4 }),
    quorum: fc.integer({ min: 1, max: 4 }),
    dynafed: fc.boolean(),
    refreshEvery: fc.constantFrom(0, 1, 2),
  })
  .map(({ rounds, size, minimum, quorum, dynafed, refreshEvery }) =>
    testPlan({
      refreshEvery,
      rounds: dynafed ? rounds + 4 : rounds,
      cohort: { size, minimum, quorum, deadlineMs: 1000 },
      snapshots: dynafed ? 5 : null,
    }),
  );

/** A choice of what happens next: mostly something that the state invites, at times something stale or foreign. */
type Choice = { readonly kind: number; readonly pick: number; readonly stale: number };
const choices = fc.array(
  fc.record({
    kind: fc.integer({ min: 0, max: 99 }),
    pick: fc.integer({ min: 0, max: 1000 }),
    stale: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 20, maxLength: 250 },
);

function eventFor(state: RunState, choice: Choice, rules: RunRules, atMs: number): RunEvent {
  const round = choice.stale === 0 ? state.round - 1 + (choice.pick % 3) * 2 : state.round;
  const among = state.phase === "collecting" && choice.stale > 2 ? [...state.cohort] : volunteers;
  const volunteer = among[choice.pick % among.length] as string;
  const { kind } = choice;
  if (kind < 2) return { type: "pause-requested", atMs };
  if (kind < 6 || (kind < 60 && (state.phase === "created" || state.phase === "paused"))) {
    return { type: "started", atMs };
  }
  if (kind < 7 && choice.pick % 8 === 0) return { type: "stop-requested", atMs };
  if (kind < 10) return { type: "deadline-passed", round, atMs };
  if (kind < 18) return { type: "volunteer-left", round, volunteer, atMs };
  if (kind < 22) return { type: "volunteer-returned", round, volunteer, atMs };
  switch (state.phase) {
    case "waiting": {
      const count = choice.stale === 1 ? choice.pick % 6 : rules.minimum + (choice.pick % 2);
      return { type: "cohort-ready", round, cohort: volunteers.slice(0, Math.min(count, 5)), atMs };
    }
    case "aggregating":
      return { type: "aggregated", round, aggregate: hashOf(round, "a"), atMs };
    case "synthesizing":
      return choice.pick % 2 === 0
        ? { type: "synthesis-failed", round, reason: "no memory", atMs }
        : { type: "synthesized", round, atMs };
    case "refining":
      return choice.pick % 5 === 0
        ? { type: "refine-failed", round, reason: "no memory", atMs }
        : { type: "refined", round, refined: hashOf(round, "b"), atMs };
    default:
      return { type: "update-recorded", round, volunteer, examples: 1 + choice.pick, atMs };
  }
}

export type Passage = {
  readonly before: RunState;
  readonly event: RunEvent;
  readonly effects: readonly RunEffect[];
  readonly after: RunState;
};

function live(
  plan: Plan,
  history: readonly Choice[],
): { readonly start: RunState; readonly passages: Passage[] } {
  const rules = rulesOf(plan);
  const start = initialState(plan, initialHash);
  const passages: Passage[] = [];
  let before = start;
  history.forEach((choice, index) => {
    const event = eventFor(before, choice, rules, index * 100);
    const { state: after, effects } = step(before, event, rules);
    passages.push({ before, event, effects, after });
    before = after;
  });
  return { start, passages };
}

const histories = fc.tuple(plans, choices);
const runs = 1500;

/** Runs the property over every history and returns how many times each named thing was seen. */
export function overHistories(
  check: (plan: Plan, passages: readonly Passage[], count: (name: string) => void) => void,
) {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(histories, ([plan, history]) => {
      check(plan, live(plan, history).passages, (name) => seen.set(name, (seen.get(name) ?? 0) + 1));
    }),
    { numRuns: runs, seed: 7 },
  );
  return (name: string) => seen.get(name) ?? 0;
}

export const effectsOf = (passages: readonly Passage[]) => passages.flatMap((passage) => passage.effects);
