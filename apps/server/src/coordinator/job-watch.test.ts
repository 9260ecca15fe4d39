import { until } from "@tributary/platform/testing";
import type { RunState, Trajectory } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import type { JobView } from "@tributary/storage";
import { expect, test } from "vitest";
import { watchJobs } from "./job-watch.ts";

const cohort = { minimum: 2, size: 2, quorum: 2, deadlineMs: 1000 };
const { dynafed } = testPlan({ rounds: 9, cohort, snapshots: 5, iterations: 3, refreshEvery: 3 });

function synthesizing(round: number, trajectory: Trajectory): RunState {
  return {
    ...{ phase: "synthesizing", round, completed: round, snapshot: "0".repeat(64), trajectory },
    after: "continue",
  };
}

function job(round: number, iteration: number | null, iterations: number): JobView {
  const shared = { backend: "wasm", distances: [], ms: 1 };
  return {
    ...{ id: String(round), kind: "synthesize", round, state: "working", failure: null },
    progress: iteration === null ? null : { ...shared, iteration, iterations },
  };
}

test("[L12] a refresh begins at the start of its own iterations, not at the end of the first synthesis' or their number", async () => {
  let state = synthesizing(4, { kind: "collecting", snapshots: 5 });
  let found = job(4, null, 0);
  const watch = watchJobs({
    storage: { jobs: { find: async () => found }, snapshots: { list: async () => [] } },
    ...{ run: "a", dynafed, isLeading: () => true, nowMs: () => 0, state: () => state },
    post: () => expect.unreachable("nothing has ended"),
    onProgress: () => undefined,
    onFailure: (error) => expect.unreachable(String(error)),
  });
  expect(watch.synthesis()).toEqual({ iteration: 0, iterations: 3 });
  found = job(4, 3, 3);
  watch.check();
  await until("the third iteration", watch.synthesis, { holds: (seen) => seen?.iteration === 3 });
  expect(watch.synthesis()).toEqual({ iteration: 3, iterations: 3 });
  state = synthesizing(7, { kind: "synthesized", rounds: 3 });
  expect(watch.synthesis()).toEqual({ iteration: 0, iterations: 2 });
  found = job(7, 1, 2);
  watch.check();
  await until("the refresh's first iteration", watch.synthesis, { holds: (seen) => seen?.iteration === 1 });
  expect(watch.synthesis()).toEqual({ iteration: 1, iterations: 2 });
});
