/** For tests: the HTTP server in process, on a real database with one run in it that is not started. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { formatIdx } from "@tributary/datasets";
import { openDatasets } from "@tributary/datasets/node";
import { createRng } from "@tributary/model";
import { realRuntime, sha256 } from "@tributary/platform";
import type { Plan } from "@tributary/protocol";
import { demoPlan } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import type { Storage } from "@tributary/storage";
import { openTestDatabase } from "@tributary/storage/testing";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { createRun } from "../src/admin/create-run.ts";
import { type Runs, startRuns } from "../src/coordinator/runs.ts";
import { buildServer } from "../src/server.ts";

export const testToken = "trb_a-token-for-tests";

export const testPlan: Plan = {
  ...demoPlan,
  task: taskOfNetwork(
    { kind: "mlp", input: [6, 5, 1], outputs: 3, loss: "cross-entropy", hidden: [4] },
    { classes: ["one", "two", "three"] },
  ),
  cohort: { minimum: 2, size: 2, quorum: 1, deadlineMs: 60_000 },
  sample: { dataset: "tiny", train: 60, test: 12, shards: 4, alpha: 0.5 },
};

export type TestServer = {
  readonly app: FastifyInstance;
  readonly storage: Storage;
  readonly runs: Runs;
  readonly run: string;
  /** Where the server's data sets lie, a folder each. */
  readonly datasets: string;
  /** Headers of a logged-in script. */
  readonly operator: Readonly<Record<string, string>>;
  clock: { nowMs: number };
  close(): Promise<void>;
};

export async function openTestServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), "tributary-http-"));
  await writeTinyDataset(join(directory, "datasets", "tiny"));
  await writePages(join(directory, "pages"));
  const database = await openTestDatabase();
  const { storage } = database;
  await storage.tokens.create(sha256(testToken), "tester");
  const log = pino({ level: "silent" });
  const runs = await startRuns({ storage, deps: realRuntime(log) });
  const clock = { nowMs: Date.parse("2026-01-01T00:00:00Z") };
  const app = await buildServer({
    storage,
    live: runs,
    datasets: openDatasets(join(directory, "datasets"), () => undefined),
    log,
    now: () => clock.nowMs,
    loginKey: Buffer.from("a key for tests"),
    pagesDirectory: join(directory, "pages"),
    publicUrl: null,
    trustProxy: false,
    answers: "checked",
    registerVolunteers: async () => undefined,
  });
  const run = await createRun({ storage, live: runs }, { name: "A tiny run", plan: testPlan });
  return {
    app,
    storage,
    runs,
    run,
    datasets: join(directory, "datasets"),
    operator: { authorization: `Bearer ${testToken}` },
    clock,
    async close() {
      await app.close();
      await runs.close();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function writeTinyDataset(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const rng = createRng(1);
  for (const [prefix, count] of [
    ["train", 60],
    ["t10k", 12],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 30 }, () => rng.integer(256));
    const labels = Uint8Array.from({ length: count }, (_, index) => index % 3);
    await writeFile(
      join(directory, `${prefix}-images-idx3-ubyte.gz`),
      gzipSync(formatIdx([count, 6, 5], pixels)),
    );
    await writeFile(join(directory, `${prefix}-labels-idx1-ubyte.gz`), gzipSync(formatIdx([count], labels)));
  }
}

async function writePages(directory: string): Promise<void> {
  await mkdir(join(directory, "assets"), { recursive: true });
  await writeFile(join(directory, "index.html"), "<!doctype html><title>volunteer</title>");
  await writeFile(join(directory, "admin.html"), "<!doctype html><title>dashboard</title>");
  await writeFile(
    join(directory, "assets", "main-abc123.js"),
    `export const text = "${"x".repeat(5000)}";\n`,
  );
}
