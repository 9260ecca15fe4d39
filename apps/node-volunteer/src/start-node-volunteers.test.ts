import type { Plan } from "@tributary/protocol";
import { definitionOf, demoPlan, settingsOf } from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { type RunningServer, readConfig, startServer } from "@tributary/server";
import { type TemporaryHome, temporaryHome } from "@tributary/storage/testing";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseShards, startNodeVolunteers } from "./start-node-volunteers.ts";

const adminToken = "token-of-the-volunteer-tests";
const plan: Plan = {
  ...demoPlan,
  task: taskOfNetwork({ kind: "mlp", input: [28, 28, 1], outputs: 10, loss: "cross-entropy", hidden: [8] }),
  rounds: 3,
  cohort: { minimum: 2, size: 2, quorum: 2, deadlineMs: 120_000 },
  updateDtype: "float16",
  strategy: { kind: "fedavg" },
  dynafed: null,
  sample: { dataset: "fashion-mnist", train: 200, test: 100, shards: 2, alpha: 0.5 },
};
let server: RunningServer;
let home: TemporaryHome;

beforeAll(async () => {
  home = await temporaryHome();
  const config = readConfig(
    {
      PORT: "0",
      TRIBUTARY_HOME: home.path,
      TRIBUTARY_DEMO_RUN: "none",
      COMPUTE: "none",
      LOG_LEVEL: "silent",
      TRIBUTARY_ADMIN_TOKEN: adminToken,
    },
    process.cwd(),
  );
  if (!config.ok) throw new Error(JSON.stringify(config.problems));
  server = await startServer(config.config, { log: pino({ level: "silent" }) });
}, 120_000);

afterAll(async () => {
  await server?.close();
  await home.remove();
}, 60_000);

async function createRun(name: string): Promise<string> {
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${server.url}/api/admin/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.ok, await response.clone().text()).toBe(true);
    return response;
  };
  const task = await (await post("tasks", definitionOf(plan.task))).json();
  const body = { name, task, plan: settingsOf(plan) };
  const { id: run } = (await (await post("runs", body)).json()) as { id: string };
  await post(`runs/${run}/actions`, { action: "start" });
  return run;
}

describe("against the real server", () => {
  test("[V34] two volunteers in Node bring a run to its end, each on a shard of its own", async () => {
    const run = await createRun("Whole run");
    const volunteers = await startNodeVolunteers({
      url: server.url,
      run,
      count: 2,
      firstShard: null,
      backend: "wasm",
      rounds: null,
    });
    expect(volunteers.shards).toEqual([1, 0]);
    for (const view of await volunteers.ended) {
      expect(view.status).toEqual({ phase: "stopped" });
      expect(view.contribution).toMatchObject({ rounds: 3 });
      expect(view.local.map(({ round }) => round)).toEqual([1, 2, 3]);
      expect(view.lastRefusal).toBeNull();
    }
    const rows = await server.storage.rounds.rows(run);
    expect(rows.map(({ outcome, participants }) => ({ outcome, participants }))).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: "aggregated", participants: 2 })),
    );
  }, 120_000);

  test("[V35] a volunteer stops after the updates that it was asked for", async () => {
    const run = await createRun("Two updates each");
    const volunteers = await startNodeVolunteers({
      url: server.url,
      run,
      count: 2,
      firstShard: 0,
      backend: "wasm",
      rounds: 2,
    });
    const views = await volunteers.ended;
    expect(views.map(({ contribution }) => contribution.rounds)).toEqual([2, 2]);
  }, 120_000);

  test("[V36] a run, a shard or a server that is not there is named", async () => {
    const options = { count: 1, firstShard: 7, backend: "cpu", rounds: null, patienceMs: 0 } as const;
    const run = await createRun("No such shard");
    await expect(startNodeVolunteers({ ...options, url: server.url, run: "nope" })).rejects.toThrow(/nope/);
    await expect(startNodeVolunteers({ ...options, url: server.url, run })).rejects.toThrow(/no shard 7/);
    const url = "http://127.0.0.1:1";
    await expect(startNodeVolunteers({ ...options, url, run })).rejects.toThrow(url);
  });
});

test("[V37] volunteers spread over the shards before any shard is taken twice", () => {
  const offered = [0, 1, 2].map((index) => ({ index, examples: 5 }));
  expect(chooseShards(offered, null, 4)).toEqual([2, 1, 0, 2]);
  expect(chooseShards(offered, 1, 4)).toEqual([1, 2, 0, 1]);
  expect(() => chooseShards(offered, 3, 1)).toThrow("no shard 3");
});
