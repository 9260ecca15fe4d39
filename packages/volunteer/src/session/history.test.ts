import fc from "fast-check";
import { expect, test } from "vitest";
import { hashOf } from "../../testing/plan.ts";
import { offerOf, opened, self, types, welcome } from "../../testing/session-play.ts";
import { eventTypeOf, isUnchanged } from "../../testing/session-walk.ts";
import type { HeardMessage, SessionEvent } from "./events.ts";
import { phaseOf } from "./phase.ts";
import { connectionOf, createSession, type Session } from "./state.ts";
import { step } from "./step.ts";
import { sessionTable } from "./table/table.ts";
import { viewOf } from "./view.ts";

test("[V19] no history throws, trains twice at once, or loses an update before its last word", () => {
  const seen = { trainings: 0, counted: 0, refused: 0, pauses: 0, reoffers: 0, superseded: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 40, maxLength: 120, size: "max" }),
      (choices) => {
        let session = createSession(self);
        let busy: number | null = null;
        let stored: string | null = null;
        const kept = new Set<string>();
        for (const [kind, value] of choices) {
          const event = chooseEvent(session, kind, value);
          const before = session;
          const next = step(session, event);
          session = next.session;
          if (event.type === "training-finished" || event.type === "training-failed") {
            if (event.training === busy) busy = null;
          }
          if (event.type === "update-kept") kept.add(event.hash);
          for (const effect of next.effects) {
            if (effect.type === "start-training") {
              expect(busy).toBeNull();
              busy = effect.training;
              seen.trainings += 1;
            }
            if (effect.type === "persist-update") {
              if (stored !== null) seen.superseded += 1;
              stored = effect.offer.tensor.hash;
            }
            if (effect.type === "forget-update") {
              expect(effect.hash).toBe(stored);
              expect(isLastWord(event)).toBe(true);
              if (session.record.contribution.rounds > before.record.contribution.rounds) seen.counted += 1;
              else seen.refused += 1;
              stored = null;
            }
            if (effect.type === "send" && effect.message.type === "update-offered") {
              expect(kept).toContain(effect.message.tensor.hash);
              seen.reoffers += 1;
            }
          }
          if (event.type === "pause-requested" && before.task.phase === "training") {
            seen.pauses += 1;
            expect(session.link.phase).toBe(before.link.phase);
            expect(session.held).toEqual(before.held);
          }
          expect(session.busy).toBe(busy);
          if (session.link.phase !== "loading") expect(session.held?.offer.tensor.hash ?? null).toBe(stored);
          expect(viewOf(session).status.phase).toBeTypeOf("string");
        }
      },
    ),
    { numRuns: 1000, seed: 20 },
  );
  for (const [name, count] of Object.entries(seen)) expect(count, name).toBeGreaterThan(20);
});

test("[V42] no history leaves the transition table", () => {
  const seen = { ignored: 0, moves: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 40, maxLength: 120, size: "max" }),
      (choices) => {
        let session = createSession(self);
        for (const [kind, value] of choices) {
          const event = chooseEvent(session, kind, value);
          const cell = sessionTable[phaseOf(session)][eventTypeOf(event)];
          const next = step(session, event);
          if (!isUnchanged(session, next)) {
            const went = { to: phaseOf(next.session), effects: types(next.effects) };
            expect(cell).toMatchObject({ outcome: "moves", to: expect.arrayContaining([went.to]) });
            if (cell.outcome === "moves")
              expect(cell.effects).toEqual(expect.arrayContaining([...went.effects]));
          }
          seen[cell.outcome] += 1;
          session = next.session;
        }
      },
    ),
    { numRuns: 200, seed: 42 },
  );
  expect(seen.ignored).toBeGreaterThan(1000);
  expect(seen.moves).toBeGreaterThan(1000);
});

function isLastWord(event: SessionEvent): boolean {
  if (event.type !== "message-received") return false;
  return ["update-acknowledged", "update-refused", "round-closed"].includes(event.message.type);
}

/** Something that could happen now, mostly; sometimes something stale or out of place. */
function chooseEvent(session: Session, kind: number, value: number): SessionEvent {
  const stale = value % 17 === 0;
  const round = 1 + (value % 4);
  const connection = stale ? 0 : (connectionOf(session) ?? 0);
  const training = stale ? 0 : (session.busy ?? 0);
  const trainingRound = session.task.phase === "training" ? session.task.round : round;
  const hear = (message: HeardMessage): SessionEvent => ({ type: "message-received", connection, message });
  const held = session.held?.offer;
  switch (session.link.phase) {
    case "loading":
      return { type: "loaded", resumeToken: null, offer: null };
    case "connecting":
      return { type: "socket-opened", connection };
    case "greeting":
      return kind < 90
        ? hear(welcome)
        : { type: "socket-closed", connection, code: 1006, reason: "", jitter: 0 };
    case "disconnected":
      if (kind < 50) return { type: "timer-fired", timer: stale ? 0 : session.link.timer };
      break;
    default:
  }
  if (kind < 12) return hear(opened(round));
  if (kind < 22) return hear({ type: "snapshot-chunk", hash: hashOf(round), offset: 0, length: 100 });
  if (kind < 32)
    return hear({ type: "snapshot-chunk", hash: hashOf(trainingRound), offset: value, length: 10 });
  if (kind < 42 && session.task.phase === "downloading") {
    return { type: "tensor-verified", part: session.task.part, hash: session.task.tensor.hash };
  }
  if (kind < 42) return { type: "update-kept", hash: held?.tensor.hash ?? hashOf(0) };
  if (kind < 52) return { type: "training-finished", training, offer: offerOf(trainingRound) };
  if (kind < 54) return { type: "training-failed", training, detail: "failed" };
  if (kind < 56) return { type: "training-progressed", training, batch: 1, batches: 2, loss: Number.NaN };
  if (kind < 60) return hear({ type: "upload-ready", round: held?.round ?? round, offset: value });
  if (kind < 64) {
    return hear({
      type: "update-acknowledged",
      round: held?.round ?? round,
      hash: held?.tensor.hash ?? hashOf(0),
    });
  }
  if (kind < 68) {
    const reason = (["late", "hash-mismatch", "unknown-snapshot"] as const)[value % 3] ?? "late";
    return hear({ type: "update-refused", round, reason, detail: "refused" });
  }
  if (kind < 70)
    return hear({ type: "round-closed", round, outcome: "aggregated", counted: value % 2 === 0 });
  if (kind < 74) return { type: "pause-requested" };
  if (kind < 84) return { type: "resume-requested" };
  if (kind < 92) return { type: "socket-closed", connection, code: 1006, reason: "gone", jitter: 0.5 };
  if (kind < 94) return { type: "frame-unreadable", connection, detail: "broken" };
  if (kind < 97) return { type: "timer-fired", timer: "timer" in session.link ? session.link.timer : 0 };
  if (kind < 98) return { type: "tensor-broken", hash: hashOf(round), detail: "broken" };
  return value < 20 ? { type: "stop-requested" } : hear({ type: "ping", nonce: value });
}
