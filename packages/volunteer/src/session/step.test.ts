import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOf, testPlan } from "../../testing/plan.ts";

import type { HeardMessage, SessionEffect, SessionEvent } from "./events.ts";
import { connectionOf, createSession, type Session } from "./state.ts";
import { step } from "./step.ts";
import { viewOf } from "./view.ts";

const self = {
  run: "demo",
  client: { name: "test", version: "1", device: "none" },
  backend: "cpu" as const,
  examples: 20,
};
const manifest = (round: number) => ({
  dtype: "float32" as const,
  elements: 25,
  bytes: 100,
  hash: hashOf(round),
});
const offerOf = (round: number) => ({
  type: "update-offered" as const,
  round,
  snapshot: hashOf(round),
  examples: 20,
  loss: 1,
  accuracy: 0.5,
  trainingMs: 5,
  tensor: { ...manifest(round), hash: hashOf(1000 + round) },
});
const welcome: HeardMessage = {
  type: "welcome",
  volunteer: "v1",
  resumeToken: "token",
  runName: "Demo",
  plan: testPlan,
  heartbeatMs: 1000,
  chunkBytes: 2048,
};
const opened = (round: number): HeardMessage => ({
  type: "round-opened",
  round,
  snapshot: manifest(round),
  control: null,
  deadlineInMs: 1000,
});

/** Plays events on a session and keeps every effect. */
function play(start = createSession(self)) {
  let session = start;
  const effects: SessionEffect[] = [];
  const feed = (event: SessionEvent): readonly SessionEffect[] => {
    const next = step(session, event);
    session = next.session;
    effects.push(...next.effects);
    return next.effects;
  };
  const hear = (message: HeardMessage) =>
    feed({ type: "message-received", connection: connectionOf(session) ?? -1, message });
  const connect = () => {
    feed({ type: "socket-opened", connection: connectionOf(session) ?? -1 });
    return hear(welcome);
  };
  const drop = (code = 1006) =>
    feed({ type: "socket-closed", connection: connectionOf(session) ?? -1, code, reason: "", jitter: 0.5 });
  const fire = () => feed({ type: "timer-fired", timer: "timer" in session.link ? session.link.timer : -1 });
  const download = (round: number) => {
    hear({ type: "snapshot-chunk", hash: hashOf(round), offset: 0, length: 100 });
    return feed({ type: "tensor-verified", part: "snapshot", hash: hashOf(round) });
  };
  const begin = () => {
    feed({ type: "loaded", resumeToken: null, offer: null });
    return connect();
  };
  const train = (round: number) => {
    hear(opened(round));
    download(round);
    feed({ type: "training-finished", training: session.busy ?? -1, offer: offerOf(round) });
    return feed({ type: "update-kept", hash: hashOf(1000 + round) });
  };
  return { feed, hear, connect, drop, fire, download, begin, train, effects, session: () => session };
}

const sent = (effects: readonly SessionEffect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.type === "send" ? [effect.message.type] : []));
const types = (effects: readonly SessionEffect[]): readonly string[] => effects.map(({ type }) => type);

describe("connection", () => {
  test("[V1] a session greets with its resume token and becomes available once welcomed", () => {
    const run = play();
    run.feed({ type: "loaded", resumeToken: "old", offer: null });
    const greeting = run.feed({ type: "socket-opened", connection: connectionOf(run.session()) ?? -1 });
    expect(greeting).toMatchObject([{ message: { type: "hello", resumeToken: "old", protocol: 2 } }]);
    expect(sent(run.hear(welcome))).toEqual(["available"]);
    expect(viewOf(run.session())).toMatchObject({ status: { phase: "waiting" }, rounds: 5 });
  });

  test("[V2] a lost connection is tried again, one the server ended for good is not", () => {
    const run = play();
    run.begin();
    expect(types(run.drop(1006))).toEqual(["arm-timer"]);
    expect(viewOf(run.session()).status).toMatchObject({ phase: "reconnecting", attempt: 1, inMs: 250 });
    expect(types(run.fire())).toEqual(["open-socket", "arm-timer"]);
    run.connect();
    run.hear({ type: "fault", reason: "replaced", detail: "connected elsewhere", retryInMs: null });
    run.drop(4409);
    expect(viewOf(run.session()).status).toEqual({ phase: "failed", reason: "connected elsewhere" });
  });

  test("[V3] the way back heeds the time that a fault named", () => {
    const run = play();
    run.begin();
    run.hear({ type: "fault", reason: "shutting-down", detail: "restarting", retryInMs: 9000 });
    run.drop(4503);
    expect(viewOf(run.session()).status).toMatchObject({ inMs: 9250, cause: "restarting" });
  });

  test("[V4] three heartbeats without a sound end the connection, any sound keeps it", () => {
    const run = play();
    run.begin();
    for (let beat = 0; beat < 3; beat++) expect(sent(run.fire())).toEqual(["ping"]);
    run.hear({ type: "pong", nonce: 1 });
    for (let beat = 0; beat < 3; beat++) expect(sent(run.fire())).toEqual(["ping"]);
    expect(run.fire()).toMatchObject([{ type: "close-socket", code: 4408 }]);
    expect(sent(run.hear({ type: "ping", nonce: 5 }))).toEqual(["pong"]);
  });

  test("[V5] events of an older connection, timer or training change nothing", () => {
    const run = play();
    run.begin();
    const before = run.session();
    run.feed({ type: "socket-closed", connection: 0, code: 1006, reason: "", jitter: 0 });
    run.feed({ type: "message-received", connection: 0, message: opened(1) });
    run.feed({ type: "timer-fired", timer: 0 });
    run.feed({ type: "training-finished", training: 0, offer: offerOf(1) });
    expect(run.session()).toBe(before);
  });

  test("[V6] a server that cannot be understood is left after five tries", () => {
    const run = play();
    run.begin();
    for (let confusion = 1; confusion <= 5; confusion++) {
      run.feed({ type: "frame-unreadable", connection: connectionOf(run.session()) ?? -1, detail: "0xc1" });
      if (confusion === 5) break;
      run.drop();
      run.fire();
      run.connect();
    }
    expect(viewOf(run.session()).status).toMatchObject({
      phase: "failed",
      reason: expect.stringMatching(/0xc1/),
    });
  });
});

describe("rounds", () => {
  test("[V7] a broken download goes on where it stopped", () => {
    const run = play();
    run.begin();
    expect(sent(run.hear(opened(1)))).toEqual(["snapshot-requested"]);
    run.hear({ type: "snapshot-chunk", hash: hashOf(1), offset: 0, length: 40 });
    run.drop();
    run.fire();
    const again = run.connect();
    expect(again).toContainEqual({
      type: "send",
      message: { type: "snapshot-requested", hash: hashOf(1), offset: 40 },
    });
    const last = run.hear({ type: "snapshot-chunk", hash: hashOf(1), offset: 40, length: 60 });
    expect(types(last)).toEqual(["keep-chunk"]);
  });

  test("[V40] a round's control variate is fetched after its snapshot, and trained on with it", () => {
    const run = play();
    run.begin();
    const control = { ...manifest(1), hash: hashOf(501) };
    const message: HeardMessage = {
      type: "round-opened",
      round: 1,
      snapshot: manifest(1),
      control,
      deadlineInMs: 1000,
    };
    expect(sent(run.hear(message))).toEqual(["snapshot-requested"]);
    run.hear({ type: "snapshot-chunk", hash: hashOf(1), offset: 0, length: 100 });
    const next = run.feed({ type: "tensor-verified", part: "snapshot", hash: hashOf(1) });
    expect(next).toContainEqual({ type: "begin-download", part: "control", tensor: control });
    expect(next).toContainEqual({
      type: "send",
      message: { type: "snapshot-requested", hash: hashOf(501), offset: 0 },
    });
    expect(run.feed({ type: "tensor-broken", hash: hashOf(501), detail: "got abc" })).toContainEqual({
      type: "begin-download",
      part: "control",
      tensor: control,
    });
    run.hear({ type: "snapshot-chunk", hash: hashOf(501), offset: 0, length: 100 });
    expect(run.feed({ type: "tensor-verified", part: "control", hash: hashOf(501) })).toEqual([
      expect.objectContaining({ type: "start-training", snapshot: hashOf(1), control: hashOf(501) }),
    ]);
  });

  test("[V8] a snapshot with the wrong hash is fetched anew, and over a new connection after three", () => {
    const run = play();
    run.begin();
    run.hear(opened(1));
    const broken = { type: "tensor-broken", hash: hashOf(1), detail: "got abc" } as const;
    expect(sent(run.feed(broken))).toEqual(["snapshot-requested"]);
    expect(sent(run.feed(broken))).toEqual(["snapshot-requested"]);
    expect(run.feed(broken)).toMatchObject([{ type: "close-socket", reason: "got abc" }]);
  });

  test("[V9] a newer round calls the old training off and waits for it to end before it starts its own", () => {
    const run = play();
    run.begin();
    run.hear(opened(1));
    run.download(1);
    const first = run.session().busy ?? -1;
    expect(types(run.hear(opened(2)))).toContain("abort-training");
    expect(types(run.download(2))).toEqual([]);
    const next = run.feed({ type: "training-failed", training: first, detail: "aborted" });
    expect(next).toMatchObject([{ type: "start-training", round: 2 }]);
  });

  test("[V10] a failed training frees its round, and the third in a row ends the session", () => {
    const run = play();
    run.begin();
    for (const round of [1, 2]) {
      run.hear(opened(round));
      run.download(round);
      const left = run.feed({
        type: "training-failed",
        training: run.session().busy ?? -1,
        detail: "no memory",
      });
      expect(sent(left)).toEqual(["unavailable", "available"]);
    }
    run.hear(opened(3));
    run.download(3);
    run.feed({ type: "training-failed", training: run.session().busy ?? -1, detail: "no memory" });
    expect(viewOf(run.session()).status).toEqual({
      phase: "failed",
      reason: "training failed 3 times: no memory",
    });
  });

  test("[V11] a round that closes ends its training and says so", () => {
    const run = play();
    run.begin();
    run.hear(opened(1));
    run.download(1);
    const closed = run.hear({ type: "round-closed", round: 1, outcome: "aggregated", counted: false });
    expect(types(closed)).toEqual(["abort-training"]);
    expect(viewOf(run.session())).toMatchObject({
      status: { phase: "waiting" },
      lastRefusal: { reason: "late" },
    });
  });
});

describe("delivery", () => {
  test("[V12] a finished update is stored before it is offered and forgotten when it is acknowledged", () => {
    const run = play();
    run.begin();
    run.hear(opened(1));
    run.download(1);
    const training = run.session().busy ?? -1;
    const finished = run.feed({ type: "training-finished", training, offer: offerOf(1) });
    expect(finished).toEqual([{ type: "persist-update", offer: offerOf(1) }]);
    run.drop();
    run.fire();
    expect(sent(run.connect())).toEqual(["available"]);
    expect(run.feed({ type: "update-kept", hash: hashOf(1002) })).toEqual([]);
    expect(sent(run.feed({ type: "update-kept", hash: hashOf(1001) }))).toEqual(["update-offered"]);
    expect(run.feed({ type: "update-kept", hash: hashOf(1001) })).toEqual([]);
    const upload = run.hear({ type: "upload-ready", round: 1, offset: 40 });
    expect(upload).toMatchObject([{ type: "send-update", offset: 40, chunkBytes: 2048 }]);
    const done = run.hear({ type: "update-acknowledged", round: 1, hash: hashOf(1001) });
    expect(done).toEqual([{ type: "forget-update", hash: hashOf(1001), round: 1, counted: true }]);
    expect(viewOf(run.session()).contribution).toMatchObject({ rounds: 1, examples: 20 });
  });

  test("[V13] after a reconnection or a reload a held update is offered again, before anything else", () => {
    const run = play();
    run.begin();
    run.train(1);
    run.drop();
    run.fire();
    expect(sent(run.connect())).toEqual(["update-offered", "available"]);
    const reloaded = play();
    reloaded.feed({ type: "loaded", resumeToken: "token", offer: offerOf(1) });
    expect(sent(reloaded.connect())).toEqual(["update-offered", "available"]);
    expect(sent(reloaded.hear(opened(1)))).toEqual([]);
  });

  test("[V14] a refusal of the transport is tried three times, a refusal of the update is final", () => {
    const run = play();
    run.begin();
    run.train(1);
    const mismatch = { type: "update-refused", round: 1, reason: "hash-mismatch", detail: "got 0" } as const;
    for (let retry = 0; retry < 3; retry++) expect(sent(run.hear(mismatch))).toEqual(["update-offered"]);
    expect(types(run.hear(mismatch))).toEqual(["forget-update"]);
    run.train(2);
    expect(types(run.hear({ ...mismatch, round: 2, reason: "late" }))).toEqual(["forget-update"]);
    expect(viewOf(run.session()).lastRefusal).toEqual({ round: 2, reason: "late", detail: "got 0" });
  });

  test("[V20] what the server failed to store is offered again with the next heartbeat", () => {
    const run = play();
    run.begin();
    run.train(1);
    run.hear({ type: "upload-ready", round: 1, offset: 0 });
    run.hear({ type: "fault", reason: "internal", detail: "not stored", retryInMs: 2000 });
    expect(sent(run.fire())).toEqual(["ping", "update-offered"]);
    expect(sent(run.fire())).toEqual(["ping"]);
  });

  test("[V15] a pause during a delivery delivers first and leaves the round afterwards", () => {
    const run = play();
    run.begin();
    run.train(1);
    expect(sent(run.feed({ type: "pause-requested" }))).toEqual([]);
    const settled = run.hear({ type: "update-acknowledged", round: 1, hash: hashOf(1001) });
    expect(sent(settled)).toEqual(["unavailable"]);
    expect(viewOf(run.session()).status).toEqual({ phase: "paused" });
    expect(sent(run.feed({ type: "resume-requested" }))).toEqual(["available"]);
  });

  test("[V16] a pause ends the training and refuses a round that was opened meanwhile", () => {
    const run = play();
    run.begin();
    run.hear(opened(1));
    run.download(1);
    expect(types(run.feed({ type: "pause-requested" }))).toEqual(["abort-training", "send"]);
    expect(sent(run.hear(opened(2)))).toEqual(["unavailable"]);
    expect(sent(run.feed({ type: "resume-requested" }))).toEqual(["available"]);
  });

  test("[V17] a stop says goodbye, closes, lets the trainer go, and keeps what is held", () => {
    const run = play();
    run.begin();
    run.train(1);
    const stopped = run.feed({ type: "stop-requested" });
    expect(types(stopped)).toEqual(["send", "close-socket", "disarm-timer", "dispose-trainer"]);
    expect(viewOf(run.session()).status).toEqual({ phase: "stopped" });
    expect(types(run.effects)).not.toContain("forget-update");
  });

  test("[V18] a run that is over stops its volunteers instead of failing them", () => {
    const run = play();
    run.begin();
    run.hear({ type: "activity-changed", rounds: 5, activity: { state: "finished", round: 5 } });
    run.drop(4410);
    expect(viewOf(run.session()).status).toEqual({ phase: "stopped" });
  });
});

describe("any history", () => {
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
            if (session.link.phase !== "loading")
              expect(session.held?.offer.tensor.hash ?? null).toBe(stored);
            expect(viewOf(session).status.phase).toBeTypeOf("string");
          }
        },
      ),
      { numRuns: 1000, seed: 20 },
    );
    for (const [name, count] of Object.entries(seen)) expect(count, name).toBeGreaterThan(20);
  });
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
