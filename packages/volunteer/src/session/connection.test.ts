import { PROTOCOL_VERSION } from "@tributary/protocol";
import { expect, test } from "vitest";
import { offerOf, opened, play, sent, types, welcome } from "../../testing/session-play.ts";
import { connectionOf } from "./state.ts";
import { viewOf } from "./view.ts";

test("[V1] a session greets with its resume token and becomes available once welcomed", () => {
  const run = play();
  run.feed({ type: "loaded", resumeToken: "old", offer: null });
  const greeting = run.feed({ type: "socket-opened", connection: connectionOf(run.session()) ?? -1 });
  expect(greeting).toMatchObject([
    { message: { type: "hello", resumeToken: "old", protocol: PROTOCOL_VERSION } },
  ]);
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
