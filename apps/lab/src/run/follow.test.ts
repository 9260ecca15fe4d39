import { testPlan } from "@tributary/rounds/testing";
import { expect, test } from "vitest";
import { createFollower } from "./follow.ts";
import type { FollowedRun } from "./outlook.ts";

const cohort = { minimum: 2, size: 2, quorum: 2, deadlineMs: 1000 };
const plan = testPlan({ rounds: 10, cohort, snapshots: 5, iterations: 3 });
const spec: FollowedRun = { plan, volunteersTrain: "always" };
const prefixOf = () => "[1/1] A, alpha 1, seed 1: ";

test("[Q5] what a run took before it was stopped counts for the time that is left", () => {
  const lines: string[] = [];
  const follower = createFollower({
    ...{ runs: [spec], done: new Map(), known: [], prefixOf, jobs: () => 1, nowMs: () => 0 },
    say: (line) => lines.push(line),
  });
  expect(follower.left()).toContain("time left unknown");
  // Six of ten rounds, eight of sixteen evaluations, all 3 iterations, two of six refines.
  const spent = { train: 12, evaluate: 4, synthesize: 30, refine: 2 };
  follower.hear(spec, { type: "resumed", rounds: 6, iterations: 0, spent });
  expect(lines).toEqual(["[1/1] A, alpha 1, seed 1: goes on after round 6"]);
  const [, low = 0, high = 0] = (/^(\d+) to (\d+) s left$/.exec(follower.left()) ?? []).map(Number);
  // 4 rounds of 2 s, 8 evaluations of 0.5 s, 4 refines of 1 s.
  expect(low).toBeLessThan(16);
  expect(high).toBeGreaterThan(16);
  expect(high - low).toBeLessThan(2 * 16);
});

test("[Q5] a synthesis that is under way counts as far as it has come", () => {
  const follower = createFollower({
    ...{
      runs: [spec],
      done: new Map(),
      known: [],
      prefixOf,
      jobs: () => 1,
      nowMs: () => 0,
      say: () => undefined,
    },
  });
  const spent = { train: 4, evaluate: 2, synthesize: 2, refine: 0 };
  follower.hear(spec, { type: "resumed", rounds: 4, iterations: 2, spent });
  expect(follower.left()).toMatch(/^\d+ to \d+ s left and the refining, not measured yet$/);
});

test("[L12] a refresh is shown with its own number of iterations", () => {
  const lines: string[] = [];
  const follower = createFollower({
    ...{ runs: [spec], done: new Map(), known: [], prefixOf, jobs: () => 1, nowMs: () => 0 },
    say: (line) => lines.push(line),
  });
  follower.hear(spec, { type: "iteration-done", iteration: 2, iterations: 2, distance: 0.5, seconds: 1 });
  expect(lines[0]).toContain("synthesis 2/2  D 0.5000; ");
});
