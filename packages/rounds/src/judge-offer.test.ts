import { describe, expect, it } from "vitest";
import { testPlan } from "../testing/plan.ts";
import { judgeOffer, type Offer } from "./judge-offer.ts";
import { lastClosedRound } from "./last-closed-round.ts";
import { initialState, replay } from "./machine.ts";
import { rulesOf } from "./rules.ts";
import type { RunEvent, RunState } from "./state.ts";

const plan = testPlan({ rounds: 5, cohort: { size: 2, minimum: 2, quorum: 1, deadlineMs: 1000 } });
const snapshot = "0".repeat(64);
const hash = "b".repeat(64);
const nothingStored = () => undefined;

function after(...events: readonly RunEvent[]): RunState {
  return replay(initialState(plan, snapshot), events, rulesOf(plan));
}
const opened: readonly RunEvent[] = [
  { type: "started", atMs: 0 },
  { type: "cohort-ready", round: 1, cohort: ["v1", "v2"], atMs: 0 },
];
const closed: readonly RunEvent[] = [
  ...opened,
  { type: "update-recorded", round: 1, volunteer: "v1", examples: 3, atMs: 1 },
  { type: "deadline-passed", round: 1, atMs: 1000 },
];
const offer: Offer = { round: 1, snapshot, hash };

describe("judgeOffer", () => {
  it("[T6] wants an update of the open round, and refuses one of another round or snapshot, late or unasked, with the reason", () => {
    const open = after(...opened);
    expect(judgeOffer(open, "v1", offer, nothingStored)).toEqual({ outcome: "wanted" });
    const refusals = [
      [open, "v3", offer, "not-in-cohort"],
      [open, "v1", { ...offer, snapshot: hash }, "wrong-snapshot"],
      [open, "v1", { ...offer, round: 2 }, "wrong-round"],
      [after(...closed), "v2", offer, "late"],
      [after(), "v1", offer, "wrong-round"],
    ] as const;
    for (const [state, volunteer, made, reason] of refusals) {
      expect(judgeOffer(state, volunteer, made, nothingStored)).toMatchObject({ outcome: "refused", reason });
    }
  });

  it("[T3] knows an update that is stored already, and refuses a different one as a duplicate, whatever the state", () => {
    for (const state of [after(), after(...opened), after(...closed)]) {
      expect(judgeOffer(state, "v1", offer, () => hash)).toEqual({ outcome: "recorded" });
      const other = judgeOffer(state, "v1", offer, () => snapshot);
      expect(other).toMatchObject({ outcome: "refused", reason: "duplicate" });
    }
  });
});

describe("lastClosedRound", () => {
  it("[T19] is the newest round that takes no more updates, whether it was aggregated or abandoned", () => {
    expect(lastClosedRound(after())).toBe(0);
    expect(lastClosedRound(after(...opened))).toBe(0);
    expect(lastClosedRound(after(...closed))).toBe(1);
    const aggregated = { type: "aggregated", round: 1, aggregate: hash, atMs: 2 } as const;
    expect(lastClosedRound(after(...closed, aggregated))).toBe(1);
    const abandoned = after(...opened, { type: "deadline-passed", round: 1, atMs: 1000 });
    expect(abandoned).toMatchObject({ phase: "waiting", round: 2 });
    expect(lastClosedRound(abandoned)).toBe(1);
    expect(lastClosedRound(after(...opened, { type: "stop-requested", atMs: 1 }))).toBe(1);
  });
});
