/** For tests: what a shell of a connection has in its hands, and what it must never be asked for. */
import { expect } from "vitest";
import type { ConnectionEffect } from "../src/events.ts";

export type Hands = {
  readonly isArmed: boolean;
  readonly isPaused: boolean;
  /** Frames that are to be read, less those that were handled. */
  readonly reading: number;
  readonly place: "none" | "held" | "kept" | "left";
  readonly end: "none" | "closed" | "cut-off";
};

export const emptyHands: Hands = { isArmed: false, isPaused: false, reading: 0, place: "none", end: "none" };

/** Performs one effect. Fails where it is impossible or too late. */
export function performIn(hands: Hands, effect: ConnectionEffect): Hands {
  switch (effect.type) {
    case "arm-timer":
      return { ...hands, isArmed: true };
    case "disarm-timer":
      return { ...hands, isArmed: false };
    case "pause-socket":
      return { ...hands, isPaused: true };
    case "resume-socket":
      return { ...hands, isPaused: false };
    case "read-frame":
      return { ...hands, reading: hands.reading + 1 };
    case "join":
      expect(hands.place).toBe("none");
      return { ...hands, place: "held" };
    case "hand-to-desk":
    case "count-traffic":
      expect(hands.place).toBe("held");
      return hands;
    case "close-desk":
      expect(hands.place).toBe("held");
      return { ...hands, place: "kept" };
    case "leave-run":
      expect(hands.place).toBe("kept");
      return { ...hands, place: "left" };
    case "close-socket":
      expect(hands.end).toBe("none");
      return { ...hands, end: "closed" };
    case "cut-off":
      return { ...hands, end: "cut-off" };
    case "send":
      expect(hands.end).toBe("none");
      return hands;
    case "find-run":
    case "identify":
    case "log-end":
      return hands;
    default:
      return effect satisfies never;
  }
}
