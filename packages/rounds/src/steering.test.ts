import { describe, expect, it } from "vitest";
import { hashOf, initialHash } from "../testing/hashes.ts";
import { testPlan } from "../testing/plan.ts";
import { initialState, replay, step } from "./machine.ts";
import { rulesOf } from "./rules.ts";
import type { RunEvent } from "./state.ts";

describe("the operator's wishes", () => {
  it("[R10] a pause lets the open round finish, and starting goes on where it was", () => {
    const plan = testPlan({ rounds: 3, cohort: { size: 2, minimum: 2, quorum: 1, deadlineMs: 1000 } });
    const rules = rulesOf(plan);
    const after = (...events: RunEvent[]) => replay(initialState(plan, initialHash), events, rules);
    const opened: RunEvent[] = [
      { type: "started", atMs: 0 },
      { type: "cohort-ready", round: 1, cohort: ["v1", "v2"], atMs: 0 },
      { type: "pause-requested", atMs: 1 },
      { type: "update-recorded", round: 1, volunteer: "v1", examples: 3, atMs: 2 },
      { type: "deadline-passed", round: 1, atMs: 1000 },
      { type: "aggregated", round: 1, aggregate: hashOf(1, "a"), atMs: 1001 },
    ];
    expect(after(...opened)).toMatchObject({ phase: "paused", round: 2, snapshot: hashOf(1, "a") });
    expect(after(...opened, { type: "started", atMs: 2000 })).toMatchObject({ phase: "waiting", round: 2 });
  });

  it("[R11] a stop abandons the open round, but brings one that is being aggregated to its end", () => {
    const plan = testPlan({ rounds: 3, cohort: { size: 1, minimum: 1, quorum: 1, deadlineMs: 1000 } });
    const rules = rulesOf(plan);
    const open = replay(
      initialState(plan, initialHash),
      [
        { type: "started", atMs: 0 },
        { type: "cohort-ready", round: 1, cohort: ["v1"], atMs: 0 },
      ],
      rules,
    );
    const stopped = step(open, { type: "stop-requested", atMs: 1 }, rules);
    expect(stopped.effects).toEqual([
      { type: "close-round", round: 1, outcome: "abandoned", counted: [] },
      { type: "end-run", outcome: "stopped" },
    ]);
    const aggregating = replay(
      open,
      [
        { type: "update-recorded", round: 1, volunteer: "v1", examples: 1, atMs: 1 },
        { type: "stop-requested", atMs: 2 },
      ],
      rules,
    );
    expect(aggregating).toMatchObject({ phase: "aggregating", after: "stop" });
    const ended = step(
      aggregating,
      { type: "aggregated", round: 1, aggregate: hashOf(1, "a"), atMs: 3 },
      rules,
    );
    expect(ended.state).toEqual({ phase: "stopped", round: 1, completed: 1, snapshot: hashOf(1, "a") });
  });
});
