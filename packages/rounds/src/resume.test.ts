import { describe, expect, it } from "vitest";
import { initialHash } from "../testing/hashes.ts";
import { overHistories } from "../testing/histories.ts";
import { answerTo, willing } from "../testing/willing.ts";
import { initialState, replay, step } from "./machine.ts";
import { resume } from "./resume.ts";
import { rulesOf } from "./rules.ts";
import type { RunEvent } from "./state.ts";

describe("a run that is taken up again", () => {
  it("[R7] replaying the journal gives the state that stepping gave, through JSON too", () => {
    const seen = overHistories((plan, passages, count) => {
      const events = passages.map((passage) => JSON.parse(JSON.stringify(passage.event)) as RunEvent);
      const replayed = replay(initialState(plan, initialHash), events, rulesOf(plan));
      expect(replayed).toEqual(passages.at(-1)?.after);
      count(replayed.phase);
    });
    expect(seen("collecting") + seen("aggregating") + seen("refining")).toBeGreaterThan(200);
  });

  it("[R8] resuming is idempotent: what it performs, performed twice, moves the run once", () => {
    const seen = overHistories((plan, passages, count) => {
      const rules = rulesOf(plan);
      for (const { effects, after } of passages) {
        const again = resume(after);
        for (const effect of again) {
          const answer = answerTo(effect, rules);
          if (answer === null) continue;
          count(effect.type);
          const once = step(after, answer, rules);
          expect(once.state).not.toBe(after);
          expect(step(once.state, answer, rules)).toEqual({ state: once.state, effects: [] });
        }
        const performed = new Set(effects.map((effect) => effect.type));
        if (effects.some((effect) => effect.type === "seek-cohort"))
          expect(performed).toContain(again[0]?.type);
      }
    });
    for (const type of ["seek-cohort", "arm-deadline", "aggregate", "synthesize", "refine"]) {
      expect(seen(type), type).toBeGreaterThan(50);
    }
  });

  it("[R9] every run that is not stopped and keeps being offered volunteers finishes", () => {
    const seen = overHistories((plan, passages, count) => {
      const rules = rulesOf(plan);
      let state = passages.at(-1)?.after ?? initialState(plan, initialHash);
      if (state.phase === "stopped") return;
      for (let moves = 0; state.phase !== "finished"; moves++) {
        expect(moves).toBeLessThan(100);
        for (const event of willing(state, rules)) state = step(state, event, rules).state;
      }
      expect(state.completed).toBe(plan.rounds);
      count("finished");
    });
    expect(seen("finished")).toBeGreaterThan(1000);
  });
});
