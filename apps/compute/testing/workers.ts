/** For tests: workers on a database of their own, in this process, that end with the test that started them. */

import { openBackend } from "@tributary/backends";
import type { Log } from "@tributary/platform";
import type { Plan } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";
import { startWorker, type Worker } from "../src/worker.ts";
import { testSet } from "./runs.ts";

/** Generous: other tests share the machine. */
export const SLOW = { timeout: 50_000, interval: 20 };

export type TestWorkers = {
  readonly storage: () => Storage;
  /** What the workers logged as errors in this test. */
  readonly errors: readonly object[];
  /** What they warned of. */
  readonly warnings: readonly string[];
  /** Keeps a checkpoint of every iteration unless `timing` says otherwise, and none in the middle of one. */
  start(plan: Plan, name: string, timing?: Partial<typeof usual>): Promise<Worker>;
  /** Until no job of the run waits or is worked on. */
  untilIdle(run: string): Promise<void>;
};

const usual = {
  ...{ leaseMs: 10_000, renewMs: 20, progressMs: 1, pollMs: 50 },
  ...{ checkpointMs: 1, longestGapMs: 1e9, beatMs: 1 },
};

/** To be called once, at the top of a file. */
export function useTestWorkers(): TestWorkers {
  const errors: object[] = [];
  const warnings: string[] = [];
  const log: Log = {
    info: () => {},
    warn: (_fields, text) => warnings.push(text),
    error: (fields) => errors.push(fields),
  };
  const working: Worker[] = [];
  let database: TestDatabase;

  beforeAll(async () => {
    await openBackend("cpu");
    database = await openTestDatabase();
  });
  afterAll(async () => {
    await database.close();
  });
  afterEach(async () => {
    for (const worker of working.splice(0)) await worker.stop();
    errors.length = 0;
    warnings.length = 0;
  });

  const storage = () => database.storage;
  return {
    storage,
    errors,
    warnings,
    async start(plan, name, timing = {}) {
      const { leaseMs, renewMs, progressMs, pollMs, ...synthesis } = { ...usual, ...timing };
      const worker = await startWorker({
        ...synthesis,
        storage: storage(),
        readTestSet: async () => testSet(plan),
        backend: "cpu",
        nowMs: Date.now,
        worker: name,
        timing: { leaseMs, renewMs, progressMs, pollMs },
        log,
      });
      working.push(worker);
      return worker;
    },
    async untilIdle(run) {
      await vi.waitFor(async () => expect(await storage().jobs.pending(run)).toBe(0), SLOW);
    },
  };
}
