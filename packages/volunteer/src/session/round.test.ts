import { expect, test } from "vitest";
import { hashOf } from "../../testing/plan.ts";
import { controlOf, opened, play, sent, types } from "../../testing/session-play.ts";
import { viewOf } from "./view.ts";

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
  const control = controlOf(1);
  const message = { ...opened(1), control };
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
