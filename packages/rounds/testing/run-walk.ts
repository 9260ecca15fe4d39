/** For tests: every state that a small run can reach, by driving it with every event that could touch it. */
import type { Plan } from "@tributary/protocol";
import { initialState, step } from "../src/machine.ts";
import { type RunRules, rulesOf } from "../src/rules.ts";
import type { RunEvent, RunEventType, RunState } from "../src/state.ts";
import { hashOf, initialHash } from "./hashes.ts";
import { testPlan } from "./plan.ts";

const members = ["v1", "v2"];
/** The members of every cohort, and a stranger. */
const volunteers = [...members, "v3"];

/** Plans that together meet every phase: without DynaFed, with it, and with a refresh before the end. */
export const walkedPlans: readonly Plan[] = [
  plan({ rounds: 2, snapshots: null, refreshEvery: 0 }),
  plan({ rounds: 4, snapshots: 2, refreshEvery: 1 }),
  plan({ rounds: 3, snapshots: 2, refreshEvery: 0 }),
];

function plan(choice: { rounds: number; snapshots: number | null; refreshEvery: number }): Plan {
  return testPlan({ ...choice, cohort: { size: 2, minimum: 2, quorum: 1, deadlineMs: 1000 } });
}

/** Every state that a run of the plan can reach; abandoned rounds are followed as far as `mostRounds`. */
export function reachableRuns(plan: Plan, mostRounds = plan.rounds + 2): readonly RunState[] {
  const rules = rulesOf(plan);
  const initial = initialState(plan, initialHash);
  const known = new Map<string, RunState>([[keyOf(initial), initial]]);
  // Iterating a map also visits what is added meanwhile.
  for (const state of known.values()) {
    for (const next of successors(state, rules)) {
      if (next.round <= mostRounds && !known.has(keyOf(next))) known.set(keyOf(next), next);
    }
  }
  return [...known.values()];
}

function successors(state: RunState, rules: RunRules): readonly RunState[] {
  return eventTypes.flatMap((type) =>
    eventsOf(type, state.round).map((event) => step(state, event, rules).state),
  );
}

/** Every event of one type for the round, one for each volunteer if the event names one. */
export function eventsOf(type: RunEventType, round: number): readonly RunEvent[] {
  const atMs = 0;
  switch (type) {
    case "started":
    case "pause-requested":
    case "stop-requested":
      return [{ type, atMs }];
    case "cohort-ready":
      return [members, volunteers, members.slice(1)].map((cohort) => ({ type, round, cohort, atMs }));
    case "update-recorded":
      return volunteers.map((volunteer) => ({ type, round, volunteer, examples: 3, atMs }));
    case "volunteer-left":
    case "volunteer-returned":
      return volunteers.map((volunteer) => ({ type, round, volunteer, atMs }));
    case "deadline-passed":
    case "synthesized":
      return [{ type, round, atMs }];
    case "aggregated":
      return [{ type, round, aggregate: hashOf(round, "a"), atMs }];
    case "refined":
      return [{ type, round, refined: hashOf(round, "b"), atMs }];
    case "synthesis-failed":
    case "refine-failed":
      return [{ type, round, reason: "no memory", atMs }];
    default:
      return type satisfies never;
  }
}

/** The types of events, each once. */
export const eventTypes = Object.keys({
  ...{ started: 0, "pause-requested": 0, "stop-requested": 0, "cohort-ready": 0 },
  ...{ "update-recorded": 0, "volunteer-left": 0, "volunteer-returned": 0, "deadline-passed": 0 },
  ...{ aggregated: 0, synthesized: 0, "synthesis-failed": 0, refined: 0, "refine-failed": 0 },
} satisfies Record<RunEventType, 0>) as readonly RunEventType[];

/** Equal for equal states. */
function keyOf(state: RunState): string {
  return JSON.stringify(state, (_, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...value].sort() : value,
  );
}
