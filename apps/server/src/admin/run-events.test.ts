import type { AddressInfo } from "node:net";
import { RunDetail } from "@tributary/protocol";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer, type TestServer } from "../../testing/http-server.ts";
import { openRunEvents } from "./run-events.ts";

/** Reads the events of a run from a listening server, one at a time. */
async function follow(server: TestServer, run: string) {
  const { port } = server.app.server.address() as AddressInfo;
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/api/admin/runs/${run}/events`, {
    headers: { ...server.operator },
    signal: abort.signal,
  });
  const text = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const next = async (): Promise<RunDetail | null> => {
    for (;;) {
      const event = /event: run\ndata: (.*)\n\n/.exec(rest);
      if (event) {
        rest = rest.slice(event.index + event[0].length);
        return JSON.parse(event[1] ?? "") as RunDetail;
      }
      const chunk = await text?.read();
      if (!chunk || chunk.done) return null;
      rest += chunk.value;
    }
  };
  return { response, next, leave: () => abort.abort() };
}

describe("the events of a run", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
    await server.app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(() => server.close());

  it("[H24] a reader gets the run's detail at once, and again after a change in memory or in the database", async () => {
    const events = await follow(server, server.run);
    expect(events.response.headers.get("content-type")).toContain("text/event-stream");
    const first = await events.next();
    expect(Value.Errors(RunDetail, first)).toEqual([]);
    expect(first?.summary.connectedVolunteers).toBe(0);

    const coordinator = await server.runs.open(server.run);
    const connection = { deliver: () => undefined, replaced: () => undefined };
    coordinator?.join("v-1", connection).available(5);
    let detail = await events.next();
    while (detail?.summary.connectedVolunteers === 0) detail = await events.next();
    expect(detail?.summary.connectedVolunteers).toBe(1);

    await server.storage.volunteers.create(server.run, "v-9", "9".repeat(64), "Firefox on a desk", "wasm");
    await server.storage.notify("runs", server.run);
    while (detail?.volunteers.length === 0) detail = await events.next();
    expect(detail?.volunteers[0]).toMatchObject({ volunteer: "v-9", device: "Firefox on a desk" });
    events.leave();
  });

  it("[H24] open events do not keep the server from closing", async () => {
    const other = await openTestServer();
    await other.app.listen({ host: "127.0.0.1", port: 0 });
    const events = await follow(other, other.run);
    await events.next();
    await other.close();
    await expect(events.next().catch(() => null)).resolves.toBeNull();
  });

  it("[H24] many changes at once become few events, the newest state is never lost, and nothing stays behind", async () => {
    let reads = 0;
    let subscribed = 0;
    let change: () => void = () => undefined;
    const stream = openRunEvents({
      // The stream passes on whatever it gets; a number is enough to tell one state from the next.
      detail: async () => ({ reads: ++reads }) as unknown as RunDetail,
      subscribe: (onChange) => {
        subscribed++;
        change = onChange;
        return () => void subscribed--;
      },
      onError: (error) => expect.unreachable(String(error)),
      leastGapMs: 20,
    });
    const texts: string[] = [];
    stream.on("data", (chunk: Buffer) => texts.push(String(chunk)));
    for (let times = 0; times < 1000; times++) change();
    await expect.poll(() => texts.join(""), { timeout: 20_000 }).toContain('{"reads":2}');
    expect(reads).toBe(2);
    const closed = new Promise((resolve) => stream.on("close", resolve));
    stream.destroy();
    await closed;
    expect(subscribed).toBe(0);
  });
});
