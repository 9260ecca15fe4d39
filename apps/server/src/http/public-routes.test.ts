import { gunzipSync } from "node:zlib";
import { parseIdx } from "@tributary/datasets";
import { parameterCount } from "@tributary/model";
import { sha256 } from "@tributary/platform";
import { networkOf, RunSummary, ShardList } from "@tributary/protocol";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer, type TestServer, testPlan } from "../../testing/http-server.ts";

describe("the public API", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());
  const get = (url: string, headers = {}) => server.app.inject({ url, headers });

  it("[H8] anyone may list the runs and see one of them, plan included", async () => {
    const list = (await get("/api/runs")).json();
    expect(list).toHaveLength(1);
    expect(Value.Errors(RunSummary, list[0])).toEqual([]);
    const one = await get(`/api/runs/${server.run}`);
    expect(one.json()).toEqual(list[0]);
    expect(one.json()).toMatchObject({ name: "A tiny run", plan: testPlan, completedRounds: 0 });
  });

  it("[H9] an unknown run, shard or path is a 404 in JSON that quotes it", async () => {
    for (const [url, quoted] of [
      ["/api/runs/nowhere", '"nowhere"'],
      ["/api/runs/nowhere/shards", '"nowhere"'],
      ["/api/runs/%00/model", '"\0"'],
      [`/api/runs/${server.run}/shards/4/images`, '"4"'],
      [`/api/runs/${server.run}/shards/-1/labels`, '"-1"'],
      ["/api/unheard-of", "GET /api/unheard-of"],
    ] as const) {
      const response = await get(url);
      expect(response.statusCode).toBe(404);
      expect(response.json()).toEqual({
        error: "not-found",
        detail: expect.stringContaining(quoted),
        problems: [],
      });
    }
  });

  it("[H10] the shards are disjoint parts of the sample, as IDX files in gzip whose counts match the list", async () => {
    const list = (await get(`/api/runs/${server.run}/shards`)).json() as ShardList;
    expect(Value.Errors(ShardList, list)).toEqual([]);
    expect(list.shards).toHaveLength(4);
    const seen = new Set<string>();
    let total = 0;
    for (const shard of list.shards) {
      const response = await get(`/api/runs/${server.run}/shards/${shard.index}/images`);
      expect(response.headers["content-encoding"]).toBe("gzip");
      const images = parseIdx(gunzipSync(response.rawPayload));
      expect(images.shape).toEqual([shard.examples, 6, 5]);
      const labels = parseIdx(
        gunzipSync((await get(`/api/runs/${server.run}/shards/${shard.index}/labels`)).rawPayload),
      );
      const perClass = [0, 1, 2].map((label) => labels.values.filter((value) => value === label).length);
      expect(perClass).toEqual(shard.perClass);
      for (let at = 0; at < images.values.length; at += 30)
        seen.add(sha256(images.values.slice(at, at + 30)));
      total += shard.examples;
    }
    expect(total).toBeGreaterThan(40);
    expect(seen.size).toBe(total);
  });

  it("[H10] a shard that the browser has is not sent again", async () => {
    const url = `/api/runs/${server.run}/shards/0/images`;
    const etag = String((await get(url)).headers.etag);
    const again = await get(url, { "if-none-match": etag });
    expect(again.statusCode).toBe(304);
    expect(again.rawPayload).toHaveLength(0);
  });

  it("[H11] the newest model comes as float32 bytes with its hash, its round and its layout", async () => {
    const response = await get(`/api/runs/${server.run}/model`);
    expect(response.rawPayload.byteLength).toBe(4 * parameterCount(networkOf(testPlan)));
    expect(response.headers["x-tributary-hash"]).toBe(sha256(response.rawPayload));
    expect(response.headers).toMatchObject({ "x-tributary-round": "0", "x-tributary-kind": "initial" });
    const layout = JSON.parse(String(response.headers["x-tributary-layout"])) as { size: number }[];
    expect(layout.reduce((sum, { size }) => sum + size, 0)).toBe(parameterCount(networkOf(testPlan)));
  });

  it("[H12] /healthz says whether the database answers", async () => {
    expect((await get("/healthz")).json()).toEqual({ ok: true });
    const gone = await openTestServer();
    await gone.storage.close();
    const response = await gone.app.inject("/healthz");
    await gone.close();
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      error: "unavailable",
      detail: "the database does not answer",
      problems: [],
    });
  });

  it("[H13] /metrics counts rounds, updates, refusals, volunteers and jobs, beside the process's own", async () => {
    const coordinator = await server.runs.open(server.run);
    const connection = { deliver: () => undefined, replaced: () => undefined };
    coordinator?.join("v-1", connection).available(5);
    coordinator?.join("v-2", connection);
    const text = (await get("/metrics")).payload;
    for (const line of [
      `tributary_volunteers_connected{run="${server.run}"} 2`,
      `tributary_volunteers_available{run="${server.run}"} 1`,
      `tributary_rounds{run="${server.run}",outcome="aggregated"} 0`,
      `tributary_updates{run="${server.run}"} 0`,
      `tributary_updates_refused{run="${server.run}"} 0`,
      `tributary_jobs_pending{run="${server.run}"} 0`,
      "tributary_nodejs_eventloop_lag_seconds",
    ]) {
      expect(text).toContain(line);
    }
  });
});
