/** Small runs for the tests of the compute process: a tiny network, a made-up trajectory and test set. */
import { randomUUID } from "node:crypto";
import { createRng, type ImageDataset, initialParameters, initSeed } from "@tributary/model";
import { classesOf, imageShapeOf, networkOf, type Plan } from "@tributary/protocol";
import type { RunEvent } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import type { JobRequest, SnapshotInput, Storage } from "@tributary/storage";
import { snapshotOf } from "@tributary/storage";

export function computePlan(iterations: number): Plan {
  const cohort = { minimum: 1, size: 1, quorum: 1, deadlineMs: 1000 };
  return testPlan({ rounds: 30, cohort, snapshots: 5, iterations });
}

/** Snapshot `round` of the made-up trajectory, the same for every run of the plan. */
export function trajectorySnapshot(plan: Plan, round: number): SnapshotInput {
  const start = initialParameters(networkOf(plan), initSeed(plan.seed));
  const drift = createRng(1);
  return snapshotOf(start.map((value) => value + 0.02 * round * (1 + drift.normal())));
}

/** A run whose trajectory is complete, with these jobs in the queue. */
export async function createComputeRun(
  storage: Storage,
  plan: Plan,
  ...jobs: readonly JobRequest[]
): Promise<string> {
  const run = `run-${randomUUID()}`;
  await storage.runs.create({ id: run, name: "compute", plan, initial: trajectorySnapshot(plan, 0) });
  const kept = [1, 2, 3, 4].map(
    (round) =>
      ({
        type: "store-snapshot",
        round,
        kind: "aggregate",
        snapshot: trajectorySnapshot(plan, round),
      }) as const,
  );
  await storage.journal.commit(run, 1, started, kept);
  await enqueue(storage, run, ...jobs);
  return run;
}

export async function enqueue(storage: Storage, run: string, ...jobs: readonly JobRequest[]): Promise<void> {
  const { length } = await storage.journal.read(run);
  const writes = jobs.map((job) => ({ type: "enqueue-job", job }) as const);
  await storage.journal.commit(run, length + 1, started, writes);
}

/** Random pixels and labels, the same every time. */
export function testSet(plan: Plan, count = 60): ImageDataset {
  const classes = classesOf(networkOf(plan));
  const image = imageShapeOf(networkOf(plan));
  if (image === null) throw new Error("expected a plan for images");
  const rng = createRng(3);
  const pixels = Uint8Array.from({ length: count * image[0] * image[1] * image[2] }, () => rng.integer(256));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
  return { kind: "images", image, classes, count, pixels, labels };
}

const started: RunEvent = { type: "started", atMs: 1 };
