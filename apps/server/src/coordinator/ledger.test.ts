import type { Runtime } from "@tributary/platform";
import { type RunEvent, rulesOf } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import type { StoredRun } from "@tributary/storage";
import { describe, expect, it } from "vitest";
import { openLedger } from "./ledger.ts";

const plan = testPlan({ rounds: 2, cohort: { size: 2, minimum: 2, quorum: 1, deadlineMs: 1000 } });
const run: StoredRun = { id: "a", name: "a", plan, createdAt: new Date(0) };
const started: RunEvent = { type: "started", atMs: 1 };
const paused: RunEvent = { type: "pause-requested", atMs: 2 };

/** What happens to one commit: it is written and said so, it is written and the answer is lost, or it is not written. */
type Fate = "answered" | "answer lost" | "refused";

/** A ledger on a journal in memory whose commits meet these fates, one after the other, and are answered afterwards. */
function ledgerWith(...fates: readonly Fate[]) {
  const written: RunEvent[] = [];
  const waitedMs: number[] = [];
  const coming = [...fates];
  const journal = {
    read: async () => [...written],
    async commit(_run: string, place: number, event: RunEvent) {
      const fate = coming.shift() ?? "answered";
      if (fate === "refused") throw new Error("the connection is gone");
      if (place !== written.length + 1) return { outcome: "superseded" } as const;
      written.push(event);
      if (fate === "answer lost") throw new Error("the connection is gone");
      return { outcome: "committed" } as const;
    },
  };
  const deps: Runtime = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    after(ms, then) {
      waitedMs.push(ms);
      queueMicrotask(then);
      return () => undefined;
    },
    yieldToEvents: async () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  const initialSnapshot = "0".repeat(64);
  const ledger = openLedger({ storage: { journal }, run, initialSnapshot, rules: rulesOf(plan), deps });
  const record = (event: RunEvent, attempts = 3) =>
    ledger.record({ event, writes: () => [], attempts: () => attempts });
  return { ledger, record, written, waitedMs };
}

describe("the ledger", () => {
  it("[R22] steps once the event is committed, and says what the step asks for", async () => {
    const { ledger, record } = ledgerWith("answered");
    expect(await record(started)).toMatchObject({
      outcome: "committed",
      before: { phase: "created" },
      effects: [{ type: "seek-cohort", round: 1 }],
      resumed: [],
    });
    expect(ledger.state()).toMatchObject({ phase: "waiting", round: 1 });
    expect(await record(started)).toEqual({ outcome: "ignored" });
  });

  it("[R22] tries a commit that failed again, later each time, and gives up with its failure", async () => {
    const { ledger, record, written, waitedMs } = ledgerWith("refused", "refused", "answered", "refused");
    expect(await record(started)).toMatchObject({ outcome: "committed" });
    expect(waitedMs).toEqual([50, 100]);
    await expect(record(paused, 1)).rejects.toThrow("the connection is gone");
    expect(ledger.state()).toMatchObject({ phase: "waiting" });
    expect(written).toEqual([started]);
  });

  it("[R22] finds a commit whose answer was lost in the journal, and resumes from there instead of writing it twice", async () => {
    const { ledger, record, written } = ledgerWith("answer lost");
    expect(await record(started)).toEqual({
      outcome: "overtaken",
      resumed: [{ type: "seek-cohort", round: 1 }],
    });
    expect(ledger.state()).toMatchObject({ phase: "waiting" });
    expect(written).toEqual([started]);
  });

  it("[R23] takes up what another process has written, and records its own event after it", async () => {
    const { ledger, record, written } = ledgerWith();
    written.push(started);
    expect(await record(paused)).toEqual({ outcome: "ignored" });
    await ledger.rebuild();
    expect(ledger.state()).toMatchObject({ phase: "waiting" });
    written.push(paused, { ...started, atMs: 3 });
    const recorded = await record({ ...paused, atMs: 4 });
    expect(recorded).toMatchObject({ outcome: "committed", resumed: [{ type: "seek-cohort", round: 1 }] });
    expect(written).toHaveLength(4);
    expect(ledger.state()).toMatchObject({ phase: "paused" });
  });
});
