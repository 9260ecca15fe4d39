import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer, type TestServer } from "../../testing/http-server.ts";
import { registerPages } from "./pages.ts";

describe("the pages", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());
  const get = (url: string, headers = {}) => server.app.inject({ url, headers });

  it("[H14] the volunteer page is at /, the dashboard at /admin and everything below it", async () => {
    expect((await get("/")).payload).toContain("<title>volunteer");
    for (const url of ["/admin", "/admin/", "/admin/runs/some-run"]) {
      const response = await get(url);
      expect(response.statusCode).toBe(200);
      expect(response.payload).toContain("<title>dashboard");
      expect(response.headers["content-type"]).toContain("text/html");
    }
  });

  it("[H14] pages are asked for anew each time, hashed assets are kept for ever and travel in gzip", async () => {
    expect((await get("/")).headers["cache-control"]).toBe("no-cache");
    const asset = await get("/assets/main-abc123.js", { "accept-encoding": "gzip" });
    expect(asset.headers["cache-control"]).toContain("immutable");
    expect(asset.headers["content-encoding"]).toBe("gzip");
    expect(asset.rawPayload.byteLength).toBeLessThan(1000);
  });

  it("[H15] every answer carries a strict policy and isolates the page, so that WebAssembly may use threads", async () => {
    for (const url of ["/", "/admin", "/assets/main-abc123.js", "/api/runs", "/api/nothing"]) {
      const { headers } = await get(url);
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
      expect(policy).toContain("worker-src 'self' blob:");
      expect(policy).not.toContain("unsafe-inline");
      expect(policy).not.toContain("upgrade-insecure-requests");
      expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
      expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  it("[H14] files outside the folder of the pages are not served", async () => {
    for (const url of [
      "/../datasets/tiny/train-labels-idx1-ubyte.gz",
      "/%2e%2e/datasets/tiny",
      "/assets/..%2f..%2fx",
    ]) {
      expect((await get(url)).statusCode).toBeGreaterThanOrEqual(400);
    }
  });

  it("[H14] without built pages / says so, and where they were looked for", async () => {
    const directory = await mkdtemp(join(tmpdir(), "tributary-no-pages-"));
    const app = Fastify();
    await registerPages(app, directory);
    const response = await app.inject("/");
    await app.close();
    await rm(directory, { recursive: true });
    expect(response.statusCode).toBe(503);
    expect(response.payload).toContain(directory);
  });
});
