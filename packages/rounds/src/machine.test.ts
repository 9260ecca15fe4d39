import { describe, expect, it } from "vitest";
import { effectsOf, overHistories } from "../testing/histories.ts";
import type { RunEffect } from "./effects.ts";
import { rulesOf } from "./rules.ts";

describe("the round machine", () => {
  it("[R1] opens a round only with enough volunteers, and never with more than the cohort's size", () => {
    const seen = overHistories((plan, passages, count) => {
      const rules = rulesOf(plan);
      for (const effect of effectsOf(passages)) {
        if (effect.type !== "open-round") continue;
        count("opened");
        expect(effect.cohort.length).toBeGreaterThanOrEqual(Math.max(rules.minimum, rules.quorum));
        expect(effect.cohort.length).toBeLessThanOrEqual(rules.size);
      }
      for (const { before, event, after } of passages) {
        if (event.type === "cohort-ready" && before.phase === "waiting" && after === before) count("refused");
      }
    });
    expect(seen("opened")).toBeGreaterThan(2000);
    expect(seen("refused")).toBeGreaterThan(100);
  });

  it("[R2] a round never closes with fewer than quorum updates, and closes at once when nobody is left to wait for", () => {
    const seen = overHistories((plan, passages, count) => {
      const { quorum } = rulesOf(plan);
      for (const { before, event, after } of passages) {
        if (after.phase === "collecting") {
          expect(after.received.size + after.dropped.size).toBeLessThan(after.cohort.size);
        }
        if (before.phase !== "collecting" || after.phase !== "aggregating") continue;
        count(event.type);
        expect(after.reported.length).toBeGreaterThanOrEqual(quorum);
        const known = event.type === "update-recorded" ? [event.volunteer] : [];
        expect(after.reported).toEqual([...new Set([...before.received.keys(), ...known])].sort());
      }
    });
    expect(seen("update-recorded")).toBeGreaterThan(1000);
    expect(seen("deadline-passed")).toBeGreaterThan(100);
    expect(seen("volunteer-left")).toBeGreaterThan(50);
  });

  it("[R3] a round whose quorum is out of reach is abandoned at once, and one short of it at its deadline", () => {
    const seen = overHistories((plan, passages, count) => {
      const { quorum } = rulesOf(plan);
      for (const { before, event, effects, after } of passages) {
        if (after.phase === "collecting") {
          expect(after.cohort.size - after.dropped.size).toBeGreaterThanOrEqual(quorum);
        }
        const abandoned = effects.some((e) => e.type === "close-round" && e.outcome === "abandoned");
        if (before.phase !== "collecting" || !abandoned) continue;
        count(event.type);
        expect(["volunteer-left", "deadline-passed", "stop-requested"]).toContain(event.type);
        if (event.type !== "stop-requested") expect(before.received.size).toBeLessThan(quorum);
      }
    });
    expect(seen("volunteer-left")).toBeGreaterThan(300);
    expect(seen("deadline-passed")).toBeGreaterThan(100);
  });

  it("[R4] aggregates and closes each round at most once, and its number is never opened again", () => {
    const seen = overHistories((plan, passages, count) => {
      const rounds = (type: RunEffect["type"]) =>
        effectsOf(passages).flatMap((e) => (e.type === type && "round" in e ? [e.round] : []));
      for (const type of ["open-round", "aggregate", "close-round", "refine", "synthesize"] as const) {
        const numbers = rounds(type);
        for (const _ of numbers) count(type);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }
      const { refreshEvery } = rulesOf(plan);
      if (refreshEvery === null) expect(rounds("synthesize").length).toBeLessThanOrEqual(1);
    });
    expect(seen("aggregate")).toBeGreaterThan(1000);
    expect(seen("refine")).toBeGreaterThan(20);
    expect(seen("synthesize")).toBeGreaterThan(20);
  });

  it("[R5] an event of another round changes nothing", () => {
    const seen = overHistories((_plan, passages, count) => {
      for (const { before, event, effects, after } of passages) {
        if (!("round" in event) || event.round === before.round) continue;
        count(event.type);
        expect(after).toBe(before);
        expect(effects).toEqual([]);
      }
    });
    expect(seen("deadline-passed")).toBeGreaterThan(100);
    expect(seen("update-recorded")).toBeGreaterThan(100);
    expect(seen("aggregated")).toBeGreaterThan(20);
  });

  it("[R6] round numbers only grow, and a run that is over never moves again", () => {
    const seen = overHistories((plan, passages, count) => {
      for (const { before, after } of passages) {
        expect(after.completed).toBeGreaterThanOrEqual(before.completed);
        if (before.phase === "finished" || before.phase === "stopped") expect(after).toBe(before);
        else if (after.phase === "stopped") expect(after.round).toBeGreaterThanOrEqual(before.round - 1);
        else expect(after.round).toBeGreaterThanOrEqual(before.round);
        if (after.phase === "finished") expect(after.completed).toBe(plan.rounds);
        if (after !== before) count(after.phase);
      }
    });
    expect(seen("finished")).toBeGreaterThan(100);
    expect(seen("stopped")).toBeGreaterThan(50);
    expect(seen("paused")).toBeGreaterThan(100);
  });
});
