import type { Log } from "@tributary/platform";
import { initialState, type RunEvent, rulesOf, step } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import { expect, test } from "vitest";
import { connectVolunteer, join, report } from "../../testing/test-volunteer.ts";
import { startTestServer, until } from "../../testing/volunteer-server.ts";
import { createRoundLog } from "./round-log.ts";

type Line = readonly [level: string, fields: object, message: string];

function keepLines(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message]);
  return { log: { info: at("info"), warn: at("warn"), error: at("error") }, lines };
}

const hash = (letter: string) => letter.repeat(64);
const cohort = { minimum: 2, size: 2, quorum: 1, deadlineMs: 1000 };

/** The lines of a run's events, one every 10 ms. */
function linesOf(plan: Parameters<typeof rulesOf>[0], events: readonly RunEvent[]): readonly Line[] {
  const { log, lines } = keepLines();
  let monotonicMs = 0;
  const roundLog = createRoundLog({ log, monotonicMs: () => monotonicMs });
  let state = initialState(plan, hash("0"));
  for (const event of events) {
    monotonicMs += 10;
    const next = step(state, event, rulesOf(plan));
    expect(next.state, event.type).not.toBe(state);
    roundLog.noteStep(state, event, next.effects);
    state = next.state;
  }
  return lines;
}

const opened = (round: number): RunEvent => ({ type: "cohort-ready", round, cohort: ["v1", "v2"], atMs: 0 });
const reported = (round: number): RunEvent => {
  return { type: "update-recorded", round, volunteer: "v1", examples: 3, atMs: 0 };
};
const passed = (round: number): RunEvent => ({ type: "deadline-passed", round, atMs: 0 });
const aggregated = (round: number): RunEvent => {
  return { type: "aggregated", round, aggregate: hash("a"), atMs: 0 };
};

test("[R29] a round is two lines: how many were asked, and how it closed, with how many, after how long", () => {
  const plan = testPlan({ rounds: 3, cohort });
  const events: RunEvent[] = [
    { type: "started", atMs: 0 },
    ...[opened(1), reported(1), passed(1), aggregated(1), opened(2), passed(2), opened(3), reported(3)],
    { type: "stop-requested", atMs: 0 },
  ];
  expect(linesOf(plan, events)).toEqual([
    ["info", {}, "the operator started the run"],
    ["info", { round: 1, asked: 2 }, "round opened"],
    ["info", { round: 1, outcome: "aggregated", participants: 1, durationMs: 30 }, "round closed"],
    ["info", { round: 2, asked: 2 }, "round opened"],
    ["info", { round: 2, outcome: "abandoned", participants: 0, durationMs: 10 }, "round closed"],
    ["info", { round: 3, asked: 2 }, "round opened"],
    ["info", {}, "the operator asked for a stop"],
    ["info", { round: 3, outcome: "abandoned", participants: 1, durationMs: 20 }, "round closed"],
    ["info", { outcome: "stopped" }, "the run is over"],
  ]);
});

test("[R20] [R29] a synthesis and a refine are two lines each; one that failed for good warns of the reason", () => {
  const plan = testPlan({ rounds: 5, cohort, snapshots: 2, refreshEvery: 1 });
  const round = (number: number) => [opened(number), reported(number), passed(number), aggregated(number)];
  const events: RunEvent[] = [
    ...[{ type: "started", atMs: 0 } as const, ...round(1)],
    ...[{ type: "synthesized", round: 1, atMs: 0 } as const, ...round(2)],
    { type: "refined", round: 2, refined: hash("b"), atMs: 0 },
    ...[{ type: "synthesis-failed", round: 2, reason: "no memory", atMs: 0 } as const, ...round(3)],
    { type: "refine-failed", round: 3, reason: "not finite", atMs: 0 },
  ];
  const lines = linesOf(plan, events).filter(([, , message]) => /synthesis|refine/.test(message));
  expect(lines).toEqual([
    ["info", { round: 1 }, "synthesis asked for"],
    ["info", { round: 1 }, "synthesis done"],
    ["info", { round: 2, aggregate: hash("a") }, "refine asked for"],
    ["info", { round: 2, refined: hash("b") }, "refine done"],
    ["info", { round: 2 }, "synthesis asked for"],
    ["warn", { round: 2, reason: "no memory" }, "the synthesis failed for good"],
    ["info", { round: 3, aggregate: hash("a") }, "refine asked for"],
    ["warn", { round: 3, reason: "not finite" }, "the refine failed for good"],
    ["info", { round: 3 }, "synthesis asked for"],
  ]);
});

test("[R29] every line of a live run names it and its round, and nothing is said twice", async () => {
  const { log, lines } = keepLines();
  const server = await startTestServer({ log });
  try {
    const alone = { minimum: 1, size: 1, quorum: 1, deadlineMs: 600_000 };
    const coordinator = await server.run("told", testPlan({ rounds: 1, cohort: alone }), 200);
    const raw = await connectVolunteer(server.url);
    const { volunteer } = await join(raw, "told");
    await report(raw, await raw.next("round-opened"), new Float32Array(200).fill(1));
    await until(coordinator, ({ phase }) => phase === "finished");
    expect(await coordinator.act("pause")).toMatchObject({ ok: false });
    raw.send({ type: "goodbye" });
    await raw.closed;
    await server.runs.close();
    const reason = "cannot pause a run that is finished";
    const closed = { outcome: "aggregated", participants: 1, durationMs: expect.any(Number) };
    expect(lines).toEqual([
      ["info", { run: "told", round: 0, phase: "created" }, "lead taken"],
      ["info", { run: "told", round: 1 }, "the operator started the run"],
      ["info", { run: "told", round: 1, volunteer }, "volunteer joined"],
      ["info", { run: "told", round: 1, asked: 1 }, "round opened"],
      ["info", { run: "told", round: 1, ...closed }, "round closed"],
      ["info", { run: "told", round: 1, outcome: "finished" }, "the run is over"],
      ["info", { run: "told", round: 1, action: "pause", reason }, "an action of the operator is refused"],
      ["info", { run: "told", round: 1, volunteer }, "volunteer left"],
      ["info", { run: "told", round: 1 }, "lead released"],
    ]);
  } finally {
    await server.close();
  }
});
