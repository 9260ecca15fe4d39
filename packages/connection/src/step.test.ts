import { faultRules } from "@tributary/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyHands, type Hands, performIn } from "../testing/connection-hands.ts";
import { eventsFor, expectedEvent, walkLimits } from "../testing/connection-walk.ts";
import type { ConnectionEffect, ConnectionEvent } from "./events.ts";
import type { ConnectionState } from "./state.ts";
import { begin, step } from "./step.ts";

/** A fault says what its rule says, and a closing one is the last word, with its code. */
function checkFaults(effects: readonly ConnectionEffect[]): void {
  const faults = effects.flatMap((effect) =>
    effect.type === "send" && effect.message.type === "fault" ? [effect.message] : [],
  );
  for (const { reason, retryInMs } of faults) {
    const { retry } = faultRules[reason];
    expect(retryInMs).toBe(retry === "never" ? null : walkLimits.retryInMs[retry]);
  }
  const closing = faults.flatMap(({ reason }) => {
    const code = faultRules[reason].closeCode;
    return code === null ? [] : [{ type: "close-socket", code, reason }];
  });
  const closed = effects.filter(({ type }) => type === "close-socket");
  const goodbye = [{ type: "close-socket", code: 1000, reason: "" }];
  expect(closed).toEqual(closing.length === 0 && closed.length > 0 ? goodbye : closing);
}

/** The state says what the shell has in its hands. */
function expectAgreement(state: ConnectionState, hands: Hands): void {
  expect(hands.place === "held").toBe(state.phase === "joined");
  expect(hands.isArmed).toBe(state.phase !== "closed");
  const { paused, waitingFrames } = state.phase === "closed" ? { paused: false, waitingFrames: null } : state;
  expect(hands.isPaused).toBe(paused);
  if (waitingFrames !== null) expect(hands).toMatchObject({ reading: waitingFrames, end: "none" });
}

/** Three in four of the events are what a good volunteer and a good server would bring about. */
function choose(state: ConnectionState, choice: number): ConnectionEvent {
  const events = eventsFor(state);
  const any = events[choice % events.length];
  if (choice % 4 > 0 || any === undefined) return expectedEvent(state, choice);
  return any;
}

describe("any history of a connection", () => {
  test("[T23] holds one timer while it is open and nothing afterwards, and closes with its last fault's code", () => {
    const outcomes = new Map<string, number>();
    const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const history = fc.array(fc.nat(9999), { minLength: 5, maxLength: 40, size: "max" });
    const holds = (choices: readonly number[]) => {
      const start = begin(walkLimits);
      let { state } = start;
      let hands: Hands = start.effects.reduce(performIn, emptyHands);
      for (const choice of choices) {
        const event = choose(state, choice);
        const next = step(state, event, walkLimits);
        checkFaults(next.effects);
        if (event.type === "frame-handled") hands = { ...hands, reading: hands.reading - 1 };
        hands = next.effects.reduce(performIn, hands);
        state = next.state;
        expectAgreement(state, hands);
        if (hands.isPaused) count("paused");
      }
      count(hands.place);
      count(hands.end);
    };
    fc.assert(fc.property(history, holds), { numRuns: 1000, seed: 22 });
    for (const outcome of ["paused", "none", "held", "kept", "left", "closed", "cut-off"]) {
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(20);
    }
  });

  test("[T23] whatever comes after the end changes nothing", () => {
    const closed: ConnectionState = { phase: "closed" };
    for (const event of eventsFor(closed)) {
      const { state, effects } = step(closed, event, walkLimits);
      expect(state).toBe(closed);
      expect(effects).toEqual(event.type === "sending-stalled" ? [{ type: "cut-off" }] : []);
    }
  });
});
