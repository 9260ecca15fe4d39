/** For tests: workers on a database of their own, in this process, that end with the test that started them. */
import { openBackend } from "@tributary/backends";
import type { Log } from "@tributary/platform";
import { until } from "@tributary/platform/testing";
import type { Plan } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import { startWorker, type Worker } from "../src/worker.ts";
import { testSet } from "./runs.ts";

/** Generous: other tests share the machine. */
export const SLOW = { timeoutMs: 50_000 };

/** A line that a worker logged. */
export type LogLine = {
  readonly level: "info" | "warn" | "error";
  readonly fields: object;
  readonly message: string;
};

export type TestWorkers = {
  readonly storage: () => Storage;
  /** What the workers logged in this test. */
  readonly lines: readonly LogLine[];
  /** The messages of one level. */
  logged(level: LogLine["level"]): readonly string[];
  /** Keeps a checkpoint of every iteration unless `timing` says otherwise, and none in the middle of one. */
  start(plan: Plan, name: string, timing?: Partial<typeof usual>): Promise<Worker>;
  /** Resolves once no job of the run waits or is worked on. */
  untilIdle(run: string): Promise<void>;
  /** Resolves, with its checkpoint, once a worker has saved one of the run's newest synthesis. */
  untilSaved(run: string): Promise<Uint8Array>;
};

const usual = {
  ...{ leaseMs: 10_000, renewMs: 20, progressMs: 1, pollMs: 50 },
  ...{ checkpointMs: 1, longestGapMs: 1e9, beatMs: 1 },
};

/** To be called once, at the top of a file. */
export function useTestWorkers(): TestWorkers {
  const lines: LogLine[] = [];
  const keep = (level: LogLine["level"]) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  const log: Log = { info: keep("info"), warn: keep("warn"), error: keep("error") };
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
    lines.length = 0;
  });

  const storage = () => database.storage;
  return {
    storage,
    lines,
    logged: (level) => lines.filter((line) => line.level === level).map(({ message }) => message),
    async start(plan, name, timing = {}) {
      const { leaseMs, renewMs, progressMs, pollMs, ...synthesis } = { ...usual, ...timing };
      const worker = await startWorker({
        ...synthesis,
        storage: storage(),
        readTestSet: async () => testSet(plan),
        backend: "cpu",
        nowMs: () => performance.now(),
        worker: name,
        timing: { leaseMs, renewMs, progressMs, pollMs },
        log,
      });
      working.push(worker);
      return worker;
    },
    async untilIdle(run) {
      const isIdle = (pending: number) => pending === 0;
      await until(`no job of ${run}`, () => storage().jobs.pending(run), { ...SLOW, holds: isIdle });
    },
    untilSaved: (run) =>
      until(
        `a checkpoint of ${run}`,
        async () => {
          const job = await storage().jobs.latestSynthesis(run);
          return job && (await storage().jobs.checkpoint(job.id));
        },
        SLOW,
      ),
  };
}
