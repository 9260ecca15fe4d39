import { cohortSeed, createRng } from "@tributary/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialHash } from "../testing/hashes.ts";
import { testPlan } from "../testing/plan.ts";
import { nextCohort, selectCohort } from "./cohort.ts";
import { initialState, step } from "./machine.ts";
import { rulesOf } from "./rules.ts";

const ids = fc.uniqueArray(
  fc.integer({ min: 0, max: 999 }).map((id) => `v-${id}`),
  { maxLength: 30 },
);

describe("selecting a cohort", () => {
  it("[R18] draws at most its size from the available volunteers, the same whatever order they came in", () => {
    let larger = 0;
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 10 }), fc.nat(), (available, size, seed) => {
        const cohort = selectCohort(available, size, createRng(seed));
        expect(cohort).toHaveLength(Math.min(size, available.length));
        expect(new Set(cohort).size).toBe(cohort.length);
        for (const volunteer of cohort) expect(available).toContain(volunteer);
        expect(selectCohort([...available].reverse(), size, createRng(seed))).toEqual(cohort);
        if (available.length > size) larger += 1;
      }),
      { numRuns: 500, seed: 3 },
    );
    expect(larger).toBeGreaterThan(200);
  });

  it("[R18] asks everybody about equally often over many rounds", () => {
    const asked = new Map<string, number>();
    const available = ["a", "b", "c", "d", "e"];
    for (let round = 1; round <= 1000; round++) {
      for (const volunteer of selectCohort(available, 2, createRng(cohortSeed(1, round)))) {
        asked.set(volunteer, (asked.get(volunteer) ?? 0) + 1);
      }
    }
    for (const volunteer of available) {
      expect(asked.get(volunteer)).toBeGreaterThan(330);
      expect(asked.get(volunteer)).toBeLessThan(470);
    }
  });
});

describe("the next cohort", () => {
  const plan = testPlan({ rounds: 2, cohort: { size: 2, minimum: 3, quorum: 1, deadlineMs: 1000 } });
  const rules = { ...rulesOf(plan), minimum: 3, size: 2 };
  const created = initialState(plan, initialHash);
  const waiting = step(created, { type: "started", atMs: 0 }, rules).state;
  const available = ["v1", "v2", "v3", "v4"];

  it("[R1] is drawn only while a round may open and enough volunteers are available", () => {
    expect(nextCohort(waiting, available, rules, 11)).toHaveLength(2);
    expect(nextCohort(waiting, available.slice(2), rules, 11)).toBeNull();
    expect(nextCohort(created, available, rules, 11)).toBeNull();
  });

  it("[R18] is the same for the same seed and round, whatever order the volunteers came in", () => {
    const cohort = nextCohort(waiting, available, rules, 11);
    expect(nextCohort(waiting, [...available].reverse(), rules, 11)).toEqual(cohort);
    expect(cohort).toEqual(selectCohort(available, 2, createRng(cohortSeed(11, 1))));
  });
});
