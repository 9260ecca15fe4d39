import type { RunActivity } from "@tributary/protocol";
import type { VolunteerView } from "@tributary/volunteer";
import { describe, expect, test } from "vitest";
import { refusalWords } from "./refusal-words.ts";
import { activityWords, isOver, statusWords } from "./status-words.ts";

type Status = VolunteerView["status"];

describe("the status line", () => {
  const cases: readonly (readonly [Status, string, number | null])[] = [
    [{ phase: "connecting" }, "connecting", null],
    [
      { phase: "reconnecting", inMs: 3200, attempt: 2, cause: "connection lost" },
      "reconnecting in 4 s (connection lost)",
      null,
    ],
    [{ phase: "waiting", activity: null }, "connected", null],
    [
      { phase: "waiting", activity: { state: "waiting", available: 2, needed: 4 } },
      "waiting for 2 more volunteers",
      null,
    ],
    [
      { phase: "downloading", round: 3, received: 500_000, total: 1_000_000 },
      "downloading the model of round 3, 500 kB of 1.0 MB",
      0.5,
    ],
    [{ phase: "training", round: 7, batch: 12, batches: 40 }, "training round 7, batch 12 of 40", 0.3],
    [{ phase: "training", round: 7, batch: 0, batches: 0 }, "training round 7", null],
    [{ phase: "sending", round: 7, sent: 1, total: 4 }, "sending the update of round 7", 0.25],
    [{ phase: "paused" }, "paused: this device takes part again when you resume", null],
    [{ phase: "stopped" }, "stopped", null],
    [{ phase: "failed", reason: "the run is over" }, "ended: the run is over", null],
  ];

  test.each(cases)("[E21] the status %j is said in words", (status, text, progress) => {
    expect(statusWords(status)).toEqual({ text, progress });
  });

  const activities: readonly (readonly [RunActivity, string])[] = [
    [{ state: "waiting", available: 3, needed: 4 }, "waiting for 1 more volunteer"],
    [{ state: "waiting", available: 4, needed: 4 }, "waiting for the next round"],
    [
      { state: "collecting", round: 2, reported: 1, asked: 4, deadlineInMs: 9 },
      "waiting for round 2: 1 of 4 volunteers reported",
    ],
    [{ state: "aggregating", round: 2 }, "the server is aggregating the updates of round 2"],
    [
      { state: "synthesizing", round: 9, iteration: 34, iterations: 100 },
      "the server is learning the synthetic set: iteration 34 of 100",
    ],
    [{ state: "refining", round: 9 }, "the server is refining the model of round 9 on the synthetic set"],
    [{ state: "paused", round: 9 }, "the run is paused by its operator"],
    [{ state: "stopped", round: 9 }, "the run was stopped after round 9"],
    [{ state: "finished", round: 20 }, "the run finished after round 20"],
  ];

  test.each(activities)("[E21] the activity %j is said in words", (activity, text) => {
    expect(activityWords(activity).text).toBe(text);
  });

  test("[E21] a countdown that has run out never shows a negative time", () => {
    const late: Status = { phase: "reconnecting", inMs: -700, attempt: 1, cause: "lost" };
    expect(statusWords(late).text).toBe("reconnecting in 0 s (lost)");
  });

  test("[E21] only a finished or a stopped run is over", () => {
    const over = activities.filter(([activity]) => isOver(activity)).map(([activity]) => activity.state);
    expect(over).toEqual(["stopped", "finished"]);
    expect(isOver(null)).toBe(false);
  });
});

test("[E22] a refused update is explained with its round, its reason and the server's detail", () => {
  expect(refusalWords({ round: 4, reason: "not-finite", detail: "value NaN at 12" })).toBe(
    "The update of round 4 was not used: training gave numbers that are not finite (value NaN at 12).",
  );
});
