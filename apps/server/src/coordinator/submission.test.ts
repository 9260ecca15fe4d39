import { realRuntime } from "@tributary/platform";
import { initialState, type RunEvent, type RunState, replay, rulesOf } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import type { StoredUpdate } from "@tributary/storage";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createCommittedUpdates } from "./committed-updates.ts";
import type { SubmitOutcome } from "./coordination.ts";
import type { Recorded } from "./ledger.ts";
import { submit } from "./submission.ts";

const plan = testPlan({ rounds: 2, cohort: { size: 2, minimum: 2, quorum: 1, deadlineMs: 1000 } });
const snapshot = "0".repeat(64);
const [hash, other] = ["a".repeat(64), "b".repeat(64)];
const delta = new Uint8Array(4);
const measured = { loss: 0.5, accuracy: 0.5, evaluation: null, trainingMs: 1 };
const update: StoredUpdate = {
  ...{ round: 1, volunteer: "v1", hash, dtype: "float32", delta, examples: 3, ...measured },
};

const opened: readonly RunEvent[] = [
  { type: "started", atMs: 0 },
  { type: "cohort-ready", round: 1, cohort: ["v1", "v2"], atMs: 0 },
];
const reported: RunEvent = { type: "update-recorded", round: 1, volunteer: "v1", examples: 3, atMs: 0 };
const abandoned: RunEvent = { type: "stop-requested", atMs: 0 };
const stateAfter = (...events: readonly RunEvent[]): RunState =>
  replay(initialState(plan, snapshot), [...opened, ...events], rulesOf(plan));

/** Submits the update to a queue that answers so, over a store that has the update of this hash, if any. */
async function submitted(
  state: RunState,
  recorded: Recorded | "queue closed" | "not stored",
  stored: string | null = null,
): Promise<{ readonly outcome: SubmitOutcome; readonly loads: number; readonly known: string | undefined }> {
  let loads = 0;
  const rounds = {
    async participations() {
      loads += 1;
      return stored === null ? [] : [{ round: 1, volunteer: "v1", updateHash: stored }];
    },
  };
  const committed = createCommittedUpdates({ rounds }, "a");
  const queue = {
    async inTurn<T>(task: (record: () => Promise<Recorded>) => Promise<T>): Promise<T | null> {
      if (recorded === "queue closed") return null;
      return task(async () => {
        if (recorded === "not stored") throw new Error("the connection is gone");
        return recorded;
      });
    },
  };
  const deps = realRuntime(pino({ level: "silent" }));
  const outcome = await submit({ state: () => state, queue, committed, deps }, update, snapshot);
  return { outcome, loads, known: committed.find(1, "v1") };
}

describe("submitting an update", () => {
  it("[T3] the commit is the verdict, and the update is known from then on", async () => {
    const before = stateAfter();
    const committed: Recorded = { outcome: "committed", before, effects: [], resumed: [] };
    const result = await submitted(stateAfter(reported), committed);
    expect(result).toEqual({ outcome: { outcome: "recorded" }, loads: 0, known: hash });
  });

  it("[T6] an update that the step did not take is refused with the reason", async () => {
    const { outcome } = await submitted(stateAfter(abandoned), { outcome: "ignored" });
    expect(outcome).toMatchObject({ outcome: "refused", reason: "late" });
  });

  it("[T3] where the answer to a commit was lost, the store says whether this very update is in it", async () => {
    const overtaken: Recorded = { outcome: "overtaken", resumed: [] };
    const state = stateAfter(reported);
    expect((await submitted(state, overtaken, hash)).outcome).toEqual({ outcome: "recorded" });
    expect((await submitted(state, overtaken, other)).outcome).toMatchObject({ reason: "duplicate" });
    expect((await submitted(stateAfter(abandoned), overtaken)).outcome).toMatchObject({ reason: "late" });
  });

  it("[R22] what could not be stored may be offered again", async () => {
    expect((await submitted(stateAfter(), "not stored")).outcome).toEqual({ outcome: "failed" });
    expect((await submitted(stateAfter(), "queue closed")).outcome).toEqual({ outcome: "failed" });
  });
});
