/**
 * Every kind of event for a session: those that fit where it stands, and those that come too late or out of place.
 */
import type { RefusalReason, RoundOpened } from "@tributary/protocol";
import type { HeardMessage, SessionEvent } from "../src/session/events.ts";
import { connectionOf, type Held, type Session } from "../src/session/state.ts";
import { hashOf } from "./plan.ts";
import { controlOf, manifestOf, offerOf, opened, timerOf, welcome } from "./session-play.ts";

/** Events that fit where the session stands, and those that come too late or out of place. */
export function eventsFor(session: Session): readonly SessionEvent[] {
  const { held, busy } = session;
  const connection = connectionOf(session) ?? -1;
  const hash = held?.offer.tensor.hash ?? hashOf(1001);
  return [
    ...[null, offerOf(1)].map((offer) => ({ type: "loaded", resumeToken: null, offer }) as const),
    ...[connection, 0].flatMap((each) => connectionEvents(each)),
    ...messagesFor(session).map((message) => ({ type: "message-received", connection, message }) as const),
    ...[welcome, opened(9)].map((message) => ({ type: "message-received", connection: 0, message }) as const),
    ...tensorEvents(session),
    ...[busy ?? -1, 0].flatMap((training) => trainingEvents(session, training)),
    ...[hash, hashOf(9)].flatMap((each) => [
      { type: "update-progressed", hash: each, sent: 50, chunkBytes: 50 } as const,
      { type: "update-kept", hash: each } as const,
    ]),
    ...[timerOf(session), 0].map((timer) => ({ type: "timer-fired", timer }) as const),
    { type: "pause-requested" },
    { type: "resume-requested" },
    { type: "stop-requested" },
  ];
}

function connectionEvents(connection: number): readonly SessionEvent[] {
  return [
    { type: "socket-opened", connection },
    ...[1006, 4409, 4410, 4503].map(
      (code) => ({ type: "socket-closed", connection, code, reason: "", jitter: 0.5 }) as const,
    ),
    { type: "frame-unreadable", connection, detail: "0xc1" },
  ];
}

function tensorEvents({ task }: Session): readonly SessionEvent[] {
  const part = task.phase === "downloading" ? task.part : "snapshot";
  const hash = task.phase === "downloading" ? task.tensor.hash : hashOf(1);
  return [hash, hashOf(9)].flatMap((each) => [
    { type: "tensor-verified", part, hash: each } as const,
    { type: "tensor-broken", hash: each, detail: "got abc" } as const,
  ]);
}

function trainingEvents({ task }: Session, training: number): readonly SessionEvent[] {
  const round = task.phase === "none" ? 1 : task.round;
  return [
    ...[0.5, Number.NaN].map(
      (loss) => ({ type: "training-progressed", training, batch: 1, batches: 2, loss }) as const,
    ),
    { type: "training-finished", training, offer: offerOf(round) },
    { type: "training-failed", training, detail: "no memory" },
  ];
}

function messagesFor(session: Session): readonly HeardMessage[] {
  const { held, task } = session;
  const mine = [held?.offer.round, task.phase === "none" ? null : task.round].map((round) => round ?? 1);
  const next = Math.max(...mine) + 1;
  return [
    welcome,
    { type: "activity-changed", rounds: 5, activity: { state: "refining", round: next } },
    {
      type: "round-evaluated",
      round: next,
      aggregate: null,
      refined: null,
      startRound: 0,
      federated: null,
    },
    { type: "ping", nonce: 1 },
    { type: "pong", nonce: 1 },
    ...(["internal", "replaced", "shutting-down"] as const).map(
      (reason) => ({ type: "fault", reason, detail: reason, retryInMs: 100 }) as const,
    ),
    ...openings(session, next),
    ...chunksFor(session),
    ...[...mine, next].flatMap((round) => [...aboutRound(round), ...aboutUpdate(held, round)]),
  ];
}

/** A round that is new, one whose snapshot is here already, and the one that is being worked on or delivered. */
function openings({ present, task, held }: Session, next: number): readonly RoundOpened[] {
  const open = (round: number, snapshot: RoundOpened["snapshot"], control: RoundOpened["control"]) =>
    ({ type: "round-opened", round, snapshot, control, deadlineInMs: 1000 }) as const;
  const here = present.snapshot === null ? manifestOf(next) : { ...manifestOf(next), hash: present.snapshot };
  return [
    open(next, manifestOf(next), null),
    open(next, manifestOf(next), controlOf(next)),
    open(next, here, null),
    ...(task.phase === "none" ? [] : [open(task.round, task.snapshot, task.control)]),
    ...(held === null ? [] : [open(held.offer.round, { ...manifestOf(1), hash: held.offer.snapshot }, null)]),
  ];
}

function chunksFor({ task }: Session): readonly HeardMessage[] {
  const hash = task.phase === "downloading" ? task.tensor.hash : hashOf(1);
  const at = task.phase === "downloading" ? task.received : 0;
  const chunk = (offset: number, length: number, of = hash) =>
    ({ type: "snapshot-chunk", hash: of, offset, length }) as const;
  return [chunk(at, 40), chunk(at, 100 - at), chunk(at - 1, 1), chunk(at + 1, 1), chunk(0, 100, hashOf(9))];
}

function aboutRound(round: number): readonly HeardMessage[] {
  return (["aggregated", "abandoned"] as const).flatMap((outcome) =>
    [true, false].map((counted) => ({ type: "round-closed", round, outcome, counted }) as const),
  );
}

function aboutUpdate(held: Held | null, round: number): readonly HeardMessage[] {
  const reasons: readonly RefusalReason[] = ["late", "hash-mismatch", "unknown-snapshot"];
  return [
    ...[40, 101].map((offset) => ({ type: "upload-ready", round, offset }) as const),
    { type: "update-acknowledged", round, hash: held?.offer.tensor.hash ?? hashOf(1001) },
    ...reasons.map((reason) => ({ type: "update-refused", round, reason, detail: "refused" }) as const),
  ];
}
