import { expect, test } from "vitest";
import { hashOf } from "../../testing/plan.ts";
import { offerOf, opened, play, sent, types } from "../../testing/session-play.ts";
import { viewOf } from "./view.ts";

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
