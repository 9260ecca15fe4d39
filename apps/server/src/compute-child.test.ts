import { spawn } from "node:child_process";
import { computeProgram } from "@tributary/compute";
import { computePlan, createComputeRun } from "@tributary/compute/testing";
import type { Log } from "@tributary/platform";
import { isRunning, until } from "@tributary/platform/testing";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ComputeProcess, startComputeProcess } from "./compute-child.ts";

const SLOW = { timeoutMs: 50_000 };
const synthesis = { kind: "synthesize", round: 5 } as const;
const lines: string[] = [];
const warnings: string[] = [];
const keep = (_: object, message: string) => lines.push(message);
const log: Log = { info: keep, warn: (_, message) => warnings.push(message), error: keep };

let database: TestDatabase;
const started: ComputeProcess[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  lines.length = 0;
  warnings.length = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const compute of started.splice(0)) await compute.stop();
  await database.close();
});

function start(leaseMs: number): ComputeProcess {
  const { databaseUrl } = database;
  const settings = { databaseUrl, datasets: "/nowhere", backend: "cpu", leaseMs, checkpointMs: 1 } as const;
  const compute = startComputeProcess({ ...settings, log });
  started.push(compute);
  return compute;
}

/** The newest checkpoint of the run's synthesis. */
async function checkpointOf(run: string): Promise<Uint8Array | null> {
  const job = await database.storage.jobs.latestSynthesis(run);
  return job && (await database.storage.jobs.checkpoint(job.id));
}

test("[J9] after a kill -9 in the middle of a synthesis it goes on from its checkpoint, and ends in the same bytes as an undisturbed one", async () => {
  const { storage } = database;
  const plan = computePlan(80);
  const disturbed = await createComputeRun(storage, plan, synthesis);
  const compute = start(500);
  const checkpoint = await until("a checkpoint", () => checkpointOf(disturbed), SLOW);
  const killed = compute.pid();
  process.kill(killed ?? 0, "SIGKILL");
  expect(checkpoint.byteLength).toBeGreaterThan(0);
  expect(await storage.jobs.latestSynthesis(disturbed)).toMatchObject({ state: "working" });

  const undisturbed = await createComputeRun(storage, plan, synthesis);
  for (const run of [disturbed, undisturbed]) {
    const isOver = (pending: number) => pending === 0;
    await until("the end of the synthesis", () => storage.jobs.pending(run), { ...SLOW, holds: isOver });
  }
  expect(compute.pid()).not.toBe(killed);
  expect(warnings).toContain("the compute process ended; starting it again");
  expect(lines.filter((line) => line.startsWith("compute backend: cpu"))).toHaveLength(2);
  const sets = [
    await storage.syntheticSets.latest(disturbed),
    await storage.syntheticSets.latest(undisturbed),
  ];
  expect(sets[0]).not.toBeNull();
  expect(sets[0]).toEqual(sets[1]);
});

test("[J10] a compute process that is told to stop gives its job back at once and ends", async () => {
  const { storage } = database;
  const run = await createComputeRun(storage, computePlan(100_000), synthesis);
  const compute = start(60_000);
  await until("a checkpoint", () => checkpointOf(run), SLOW);
  const pid = compute.pid() ?? 0;
  await compute.stop();
  await compute.exited;
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  expect(await storage.jobs.claim("next", 1000)).toMatchObject({ run, attempts: 1 });
});

test("[J11] a compute process ends when its server is killed", async () => {
  const module = new URL("../dist/compute-child.js", import.meta.url).href;
  const settings = { databaseUrl: database.databaseUrl, datasets: "/nowhere", backend: "cpu" };
  const script = `
    const { startComputeProcess } = await import(${JSON.stringify(module)});
    const say = (fields, message) => process.stdout.write(compute.pid() + " " + message + "\\n");
    const log = { info: say, warn: say, error: say };
    const compute = startComputeProcess({ ...${JSON.stringify(settings)}, log });`;
  const server = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve) => {
    server.stdout.once("data", (bytes: Buffer) => resolve(Number.parseInt(bytes.toString(), 10)));
  });
  expect(isRunning(pid)).toBe(true);
  server.kill("SIGKILL");
  await until("the end of the compute process", () => !isRunning(pid), SLOW);
});

test("[J12] a compute process alone takes its settings from the environment, and says what is missing", async () => {
  const alone = (environment: Record<string, string>) => {
    const child = spawn(process.execPath, [computeProgram], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (said += bytes));
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    return { child, ended, said: () => said };
  };
  const lost = alone({ COMPUTE_BACKEND: "cpu" });
  expect(await lost.ended).toBe(1);
  expect(lost.said()).toContain("DATABASE_URL must be the postgres:// address");

  const working = alone({ COMPUTE_BACKEND: "cpu", DATABASE_URL: database.databaseUrl });
  const isOpen = (said: string) => said.includes("compute backend: cpu");
  await until("its backend", working.said, { ...SLOW, holds: isOpen });
  working.child.kill("SIGINT");
  expect(await working.ended).toBe(0);
});

test("[J17] what a native library prints in the compute process becomes warnings in the server's log", async () => {
  const program = "process.stderr.write('a library complains\\n\\n  twice\\n')";
  vi.stubEnv("NODE_OPTIONS", `--import=data:text/javascript,${encodeURIComponent(program)}`);
  start(60_000);
  await until("two warnings", () => [...warnings], { ...SLOW, holds: (seen) => seen.length >= 2 });
  expect(warnings).toEqual(["compute process: a library complains", "compute process:   twice"]);
});
