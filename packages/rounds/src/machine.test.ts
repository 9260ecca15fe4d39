import type { Plan } from "@tributary/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testPlan } from "../testing/plan.ts";
import type { RunEffect } from "./effects.ts";
import { initialState, type RunRules, replay, resume, rulesOf, step } from "./machine.ts";
import type { RunEvent, RunState } from "./state.ts";

const initialHash = "0".repeat(64);
const hashOf = (round: number, kind: "a" | "b") => kind + String(round).padStart(63, "0");
const volunteers = ["v1", "v2", "v3", "v4", "v5"] as const;

const plans: fc.Arbitrary<Plan> = fc
  .record({
    rounds: fc.integer({ min: 1, max: 7 }),
    size: fc.integer({ min: 1, max: 4 }),
    minimum: fc.integer({ min: 1, max: 4 }),
    quorum: fc.integer({ min: 1, max: 4 }),
    dynafed: fc.boolean(),
    refreshEvery: fc.constantFrom(0, 1, 2),
  })
  .map(({ rounds, size, minimum, quorum, dynafed, refreshEvery }) =>
    testPlan({
      refreshEvery,
      rounds: dynafed ? rounds + 4 : rounds,
      cohort: { size, minimum, quorum, deadlineMs: 1000 },
      snapshots: dynafed ? 5 : null,
    }),
  );

/** A choice of what happens next: mostly something that the state invites, at times something stale or foreign. */
type Choice = { readonly kind: number; readonly pick: number; readonly stale: number };
const choices = fc.array(
  fc.record({
    kind: fc.integer({ min: 0, max: 99 }),
    pick: fc.integer({ min: 0, max: 1000 }),
    stale: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 20, maxLength: 250 },
);

function eventFor(state: RunState, choice: Choice, rules: RunRules, atMs: number): RunEvent {
  const round = choice.stale === 0 ? state.round - 1 + (choice.pick % 3) * 2 : state.round;
  const among = state.phase === "collecting" && choice.stale > 2 ? [...state.cohort] : volunteers;
  const volunteer = among[choice.pick % among.length] as string;
  const { kind } = choice;
  if (kind < 2) return { type: "pause-requested", atMs };
  if (kind < 6 || (kind < 60 && (state.phase === "created" || state.phase === "paused"))) {
    return { type: "started", atMs };
  }
  if (kind < 7 && choice.pick % 8 === 0) return { type: "stop-requested", atMs };
  if (kind < 10) return { type: "deadline-passed", round, atMs };
  if (kind < 18) return { type: "volunteer-left", round, volunteer, atMs };
  if (kind < 22) return { type: "volunteer-returned", round, volunteer, atMs };
  switch (state.phase) {
    case "waiting": {
      const count = choice.stale === 1 ? choice.pick % 6 : rules.minimum + (choice.pick % 2);
      return { type: "cohort-ready", round, cohort: volunteers.slice(0, Math.min(count, 5)), atMs };
    }
    case "aggregating":
      return { type: "aggregated", round, aggregate: hashOf(round, "a"), atMs };
    case "synthesizing":
      return choice.pick % 2 === 0
        ? { type: "synthesis-failed", round, reason: "no memory", atMs }
        : { type: "synthesized", round, atMs };
    case "refining":
      return choice.pick % 5 === 0
        ? { type: "refine-failed", round, reason: "no memory", atMs }
        : { type: "refined", round, refined: hashOf(round, "b"), atMs };
    default:
      return { type: "update-recorded", round, volunteer, examples: 1 + choice.pick, atMs };
  }
}

type Passage = {
  readonly before: RunState;
  readonly event: RunEvent;
  readonly effects: readonly RunEffect[];
  readonly after: RunState;
};

function live(
  plan: Plan,
  history: readonly Choice[],
): { readonly start: RunState; readonly passages: Passage[] } {
  const rules = rulesOf(plan);
  const start = initialState(plan, initialHash);
  const passages: Passage[] = [];
  let before = start;
  history.forEach((choice, index) => {
    const event = eventFor(before, choice, rules, index * 100);
    const { state: after, effects } = step(before, event, rules);
    passages.push({ before, event, effects, after });
    before = after;
  });
  return { start, passages };
}

const histories = fc.tuple(plans, choices);
const runs = 1500;

/** Runs the property over every history and returns how many times each named thing was seen. */
function overHistories(
  check: (plan: Plan, passages: readonly Passage[], count: (name: string) => void) => void,
) {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(histories, ([plan, history]) => {
      check(plan, live(plan, history).passages, (name) => seen.set(name, (seen.get(name) ?? 0) + 1));
    }),
    { numRuns: runs, seed: 7 },
  );
  return (name: string) => seen.get(name) ?? 0;
}

const effectsOf = (passages: readonly Passage[]) => passages.flatMap((passage) => passage.effects);

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

  it("[R12] after the synthesis every round is refined, the last one too, and the refined model is what is sent", () => {
    const plan = testPlan({
      rounds: 6,
      cohort: { size: 1, minimum: 1, quorum: 1, deadlineMs: 1000 },
      snapshots: 5,
    });
    const rules = rulesOf(plan);
    const effects: RunEffect[] = [];
    let state = initialState(plan, initialHash);
    while (state.phase !== "finished") {
      for (const event of willing(state, rules)) {
        const next = step(state, event, rules);
        effects.push(...next.effects);
        state = next.state;
      }
    }
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
    const rules = rulesOf(plan);
    const effects: RunEffect[] = [];
    let state = initialState(plan, initialHash);
    while (state.phase !== "finished") {
      for (const event of willing(state, rules)) {
        const { round } = state;
        const fails = event.type === "synthesized" && round === 7;
        const next = step(state, fails ? { ...event, type: "synthesis-failed", reason: "" } : event, rules);
        effects.push(...next.effects);
        state = next.state;
      }
    }
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

function answerTo(effect: RunEffect, rules: RunRules): RunEvent | null {
  switch (effect.type) {
    case "seek-cohort":
      return {
        type: "cohort-ready",
        round: effect.round,
        cohort: volunteers.slice(0, rules.minimum),
        atMs: 0,
      };
    case "arm-deadline":
      return { type: "deadline-passed", round: effect.round, atMs: effect.deadlineMs };
    case "aggregate":
      return { type: "aggregated", round: effect.round, aggregate: hashOf(effect.round, "a"), atMs: 0 };
    case "synthesize":
      return { type: "synthesized", round: effect.round, atMs: 0 };
    case "refine":
      return { type: "refined", round: effect.round, refined: hashOf(effect.round, "b"), atMs: 0 };
    default:
      return null;
  }
}

/** What volunteers and a server that are willing do next. */
function willing(state: RunState, rules: RunRules): readonly RunEvent[] {
  if (state.phase === "created" || state.phase === "paused") return [{ type: "started", atMs: 0 }];
  if (state.phase === "collecting") {
    const { round } = state;
    return [...state.cohort].map((volunteer) => ({
      type: "update-recorded",
      round,
      volunteer,
      examples: 1,
      atMs: 0,
    }));
  }
  return resume(state).flatMap((effect) => answerTo(effect, rules) ?? []);
}
