import type { Runtime } from "@tributary/platform";
import { graced, initialState, replay, resume, rulesOf } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import { expect, test } from "vitest";
import { createRoundDeadline } from "./round-deadline.ts";
import { createTimers } from "./timers.ts";

/** Clocks and timers that stand still until `pass` moves them; its `jumpMs` moves the time of day alone. */
function standingClock() {
  let nowMs = 1_000_000;
  let monotonicMs = 0;
  const waiting: { readonly atMs: number; readonly run: () => void }[] = [];
  const deps: Runtime = {
    nowMs: () => nowMs,
    monotonicMs: () => monotonicMs,
    after(ms, run) {
      waiting.push({ atMs: monotonicMs + ms, run });
      return () => undefined;
    },
    yieldToEvents: async () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  const pass = (ms: number, jumpMs = 0) => {
    monotonicMs += ms;
    nowMs += ms + jumpMs;
    for (const { run } of waiting.filter(({ atMs }) => atMs > monotonicMs - ms && atMs <= monotonicMs)) run();
  };
  return { deps, pass };
}

test("[R27] a deadline is measured against a clock that no change of the time of day moves, once a round", () => {
  const { deps, pass } = standingClock();
  const deadline = createRoundDeadline(createTimers(deps), deps);
  const passed: number[] = [];
  expect(deadline.leftMs(3)).toBeNull();
  deadline.arm(3, 1000, () => passed.push(3));
  pass(400, -86_400_000);
  expect(deadline.leftMs(3)).toBe(600);
  deadline.arm(3, 1000, () => passed.push(3));
  expect(deadline.leftMs(3)).toBe(600);
  pass(599, 86_400_000);
  expect(passed).toEqual([]);
  pass(1);
  expect(passed).toEqual([3]);
  pass(5000);
  expect(passed).toEqual([3]);
  expect(deadline.leftMs(3)).toBe(0);
  expect(deadline.leftMs(4)).toBeNull();
});

test("[R27] a restart starts the deadline anew, with the time that volunteers have to come back at least", () => {
  const plan = testPlan({ rounds: 2, cohort: { size: 1, minimum: 1, quorum: 1, deadlineMs: 1000 } });
  const opened = replay(
    initialState(plan, "0".repeat(64)),
    [
      { type: "started", atMs: 0 },
      { type: "cohort-ready", round: 1, cohort: ["v1"], atMs: 5 },
    ],
    rulesOf(plan),
  );
  expect(graced(resume(opened), 300)).toEqual([{ type: "arm-deadline", round: 1, deadlineMs: 1000 }]);
  expect(graced(resume(opened), 5000)).toEqual([{ type: "arm-deadline", round: 1, deadlineMs: 5000 }]);
});
