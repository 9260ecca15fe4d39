import { describe, expect, it } from "vitest";
import { hashOf } from "../testing/hashes.ts";
import { effectsOf, overHistories } from "../testing/histories.ts";
import { testPlan } from "../testing/plan.ts";
import { runThrough } from "../testing/willing.ts";
import type { RunEffect } from "./effects.ts";

describe("a run with DynaFed", () => {
  it("[R12] after the synthesis every round is refined, the last one too, and the refined model is what is sent", () => {
    const plan = testPlan({
      rounds: 6,
      cohort: { size: 1, minimum: 1, quorum: 1, deadlineMs: 1000 },
      snapshots: 5,
    });
    const { state, effects } = runThrough(plan);
    const rounds = (type: RunEffect["type"]) =>
      effects.flatMap((e) => (e.type === type && "round" in e ? [e.round] : []));
    expect(rounds("synthesize")).toEqual([4]);
    expect(rounds("refine")).toEqual([5, 6]);
    const sent = effects.flatMap((effect) => (effect.type === "open-round" ? [effect.snapshot] : []));
    expect(sent.slice(3)).toEqual([hashOf(3, "a"), hashOf(4, "a"), hashOf(5, "b")]);
    expect(state.snapshot).toBe(hashOf(6, "b"));
  });

  it("[L9] a refresh comes every so many refined rounds, not after the last, and one that failed keeps the set", () => {
    const plan = testPlan({
      rounds: 10,
      cohort: { size: 2, minimum: 2, quorum: 2, deadlineMs: 1000 },
      snapshots: 5,
      refreshEvery: 3,
    });
    const { effects } = runThrough(plan, (event, { round }) => {
      const fails = event.type === "synthesized" && round === 7;
      return fails ? { ...event, type: "synthesis-failed", reason: "" } : event;
    });
    const rounds = (type: RunEffect["type"]) =>
      effects.flatMap((e) => (e.type === type && "round" in e ? [e.round] : []));
    expect(rounds("synthesize")).toEqual([4, 7]);
    expect(rounds("refine")).toEqual([5, 6, 7, 8, 9, 10]);
    const sent = effects.flatMap((effect) => (effect.type === "open-round" ? [effect.snapshot] : []));
    expect(sent.slice(7)).toEqual([hashOf(7, "b"), hashOf(8, "b"), hashOf(9, "b")]);
  });

  it("[R13] a synthesis that failed for good leaves a run that goes on without DynaFed; a failed refine leaves the aggregate", () => {
    const seen = overHistories((_plan, passages, count) => {
      const failed = passages.findIndex(
        ({ before, event, after }) =>
          event.type === "synthesis-failed" &&
          before.phase === "synthesizing" &&
          before.trajectory.kind === "collecting" &&
          before !== after,
      );
      if (failed >= 0) {
        count("given up");
        expect(effectsOf(passages.slice(failed)).filter((effect) => effect.type === "refine")).toEqual([]);
      }
      for (const { before, event, after } of passages) {
        if (event.type !== "refine-failed" || before === after || before.phase !== "refining") continue;
        count("not refined");
        expect(after).toMatchObject({ snapshot: before.aggregate });
      }
    });
    expect(seen("given up")).toBeGreaterThan(10);
    expect(seen("not refined")).toBeGreaterThan(10);
  });
});
