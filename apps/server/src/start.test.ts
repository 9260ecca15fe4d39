import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@tributary/platform";
import type { RunSummary } from "@tributary/protocol";
import { demoPlan } from "@tributary/protocol";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Config, readConfig } from "./config.ts";
import { demoRunName } from "./demo-run.ts";
import { startServer } from "./start.ts";

const log = pino({ level: "silent" });

describe("startServer", () => {
  let home: string;
  let database: TestDatabase;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "tributary-start-"));
    database = await openTestDatabase();
  });
  afterEach(async () => {
    await database.close();
    await rm(home, { recursive: true, force: true });
  });

  const configOf = (environment: Record<string, string> = {}): Config => {
    const outcome = readConfig(
      {
        PORT: "0",
        TRIBUTARY_HOME: home,
        DATABASE_URL: database.databaseUrl,
        COMPUTE: "none",
        ...environment,
      },
      home,
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    return outcome.config;
  };
  const runsOf = async (url: string) => (await (await fetch(`${url}/api/runs`)).json()) as RunSummary[];

  it("[H25] an empty database gets the demo run, which waits for its first volunteer; the next start adds none", async () => {
    const first = await startServer(configOf(), { log });
    const runs = await runsOf(first.url);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      name: demoRunName,
      plan: demoPlan,
      activity: { state: "waiting", available: 0, needed: 1 },
    });
    await first.close();
    const second = await startServer(configOf(), { log });
    expect(await runsOf(second.url)).toHaveLength(1);
    await second.close();
  });

  it("[H25] without its data set there is no demo run, and the server starts all the same", async () => {
    const server = await startServer(configOf({ TRIBUTARY_DATASETS: join(home, "nothing") }), { log });
    expect(await runsOf(server.url)).toEqual([]);
    await server.close();
  });

  it("[H26] the first admin token is made once, kept where only its user reads it, and stored as a hash", async () => {
    const config = configOf({ TRIBUTARY_DEMO_RUN: "none" });
    const first = await startServer(config, { log });
    const file = join(home, "admin-token");
    expect((await readFile(file, "utf8")).trim()).toBe(first.adminToken);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await database.storage.tokens.verify(sha256(first.adminToken))).not.toBeNull();
    await first.close();

    const second = await startServer(config, { log });
    expect(second.adminToken).toBe(first.adminToken);
    expect(await database.storage.tokens.count()).toBe(1);
    const operator = await fetch(`${second.url}/api/admin/operator`, {
      headers: { authorization: `Bearer ${second.adminToken}` },
    });
    expect(operator.status).toBe(200);
    await second.close();
  });

  it("[H26] a token given in the environment is used as it is", async () => {
    const token = "a-token-from-the-environment";
    const server = await startServer(configOf({ TRIBUTARY_ADMIN_TOKEN: token, TRIBUTARY_DEMO_RUN: "none" }), {
      log,
    });
    expect(server.adminToken).toBe(token);
    expect(await database.storage.tokens.verify(sha256(token))).not.toBeNull();
    await server.close();
  });

  it("[H27] a port in use is said plainly, and nothing that was opened stays open", async () => {
    const first = await startServer(configOf({ TRIBUTARY_DEMO_RUN: "none" }), { log });
    const { port } = new URL(first.url);
    await expect(startServer(configOf({ PORT: port }), { log })).rejects.toThrow(
      `port ${port} of 127.0.0.1 is in use`,
    );
    await first.close();
    const after = await startServer(configOf({ PORT: port, TRIBUTARY_DEMO_RUN: "none" }), { log });
    expect(new URL(after.url).port).toBe(port);
    await after.close();
    await expect(fetch(after.url)).rejects.toThrow();
  });
});
