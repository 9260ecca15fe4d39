import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openLog } from "./log.ts";

async function linesOf(isTerminal: boolean): Promise<string> {
  const destination = new PassThrough();
  const log = openLog({ level: "info", name: "server", isTerminal, destination });
  log.debug({}, "not written");
  log.info({ run: "demo", round: 3 }, "round opened");
  if (destination.readableLength === 0) await once(destination, "readable");
  return String(destination.read());
}

test("[H33] away from a terminal a log line is JSON with a level in words, an ISO time and its fields", async () => {
  const lines = (await linesOf(false)).trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0] ?? "");
  expect(line).toMatchObject({ level: "info", name: "server", run: "demo", round: 3, msg: "round opened" });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

test("[H33] on a terminal a log line is for people, and still has its fields", async () => {
  const text = await linesOf(true);
  expect(text).toContain("round opened");
  expect(text).toContain('"run":"demo"');
  expect(() => JSON.parse(text)).toThrow();
});
