/** For tests: volunteers, a compute process and an operator who do what a run needs. */

import type { Plan } from "@tributary/protocol";
import type { RunEffect } from "../src/effects.ts";
import { initialState, step } from "../src/machine.ts";
import { resume } from "../src/resume.ts";
import { type RunRules, rulesOf } from "../src/rules.ts";
import type { RunEvent, RunState } from "../src/state.ts";
import type { In } from "../src/steps.ts";
import { hashOf, initialHash } from "./hashes.ts";

export const volunteers = ["v1", "v2", "v3", "v4", "v5"] as const;

/** The event that an effect asks for; null: none. */
export function answerTo(effect: RunEffect, rules: RunRules): RunEvent | null {
  switch (effect.type) {
    case "seek-cohort":
      return {
        type: "cohort-ready",
        round: effect.round,
        cohort: volunteers.slice(0, rules.minimum),
        atMs: 0,
      };
    case "arm-deadline":
      return { type: "deadline-passed", round: effect.round, atMs: effect.deadlineMs };
    case "aggregate":
      return { type: "aggregated", round: effect.round, aggregate: hashOf(effect.round, "a"), atMs: 0 };
    case "synthesize":
      return { type: "synthesized", round: effect.round, atMs: 0 };
    case "refine":
      return { type: "refined", round: effect.round, refined: hashOf(effect.round, "b"), atMs: 0 };
    default:
      return null;
  }
}

/** What willing volunteers and a willing server do next. */
export function willing(state: RunState, rules: RunRules): readonly RunEvent[] {
  if (state.phase === "created" || state.phase === "paused") return [{ type: "started", atMs: 0 }];
  if (state.phase === "collecting") {
    const { round } = state;
    return [...state.cohort].map((volunteer) => ({
      type: "update-recorded",
      round,
      volunteer,
      examples: 1,
      atMs: 0,
    }));
  }
  return resume(state).flatMap((effect) => answerTo(effect, rules) ?? []);
}

/** Brings a run to its end. `heeded` may replace an event. */
export function runThrough(
  plan: Plan,
  heeded: (event: RunEvent, state: RunState) => RunEvent = (event) => event,
): { readonly state: In<"finished">; readonly effects: readonly RunEffect[] } {
  const rules = rulesOf(plan);
  const effects: RunEffect[] = [];
  let state: RunState = initialState(plan, initialHash);
  while (state.phase !== "finished") {
    for (const event of willing(state, rules)) {
      const next = step(state, heeded(event, state), rules);
      effects.push(...next.effects);
      state = next.state;
    }
  }
  return { state, effects };
}
