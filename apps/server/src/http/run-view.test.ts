import { randomUUID } from "node:crypto";
import { computePlan, createComputeRun, enqueue } from "@tributary/compute/testing";
import type { StoredRun } from "@tributary/storage";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runDetail } from "./run-view.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.close();
});

test("[L11] a synthesis that no worker has reported on is shown at the start of its own iterations", async () => {
  const { storage } = database;
  const base = computePlan(4);
  if (base.dynafed === null) throw new Error("expected a plan with DynaFed");
  const plan = { ...base, dynafed: { ...base.dynafed, refreshEvery: 3, refreshIterations: 2 } };
  const run = await createComputeRun(storage, plan, { kind: "synthesize", round: 4 });
  const synthesis = async () => {
    const stored = (await storage.runs.find(run)) as StoredRun;
    return (await runDetail({ storage, live: { find: () => null } }, stored)).synthesis;
  };
  expect(await synthesis()).toMatchObject({ round: 4, iteration: 0, iterations: 4 });

  const worker = randomUUID();
  const job = await storage.jobs.claim(worker, 10_000);
  const set = {
    imagesPerClass: 1,
    images: new Uint8Array(4),
    labelLogits: new Uint8Array(4),
    innerStep: 0.1,
  };
  const progress = { backend: "cpu", iteration: 4, iterations: 4, distances: [], ms: 1 };
  expect(await storage.jobs.complete(job?.id ?? "", worker, { kind: "synthesize", set, progress })).toBe(
    true,
  );
  await enqueue(storage, run, { kind: "synthesize", round: 7 });
  expect(await synthesis()).toMatchObject({ round: 7, iteration: 0, iterations: 2 });
});
