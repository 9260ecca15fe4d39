import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LockHeld, takeLock } from "./lock-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
});
let other: ChildProcess | null = null;
afterEach(async () => {
  other?.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

test("[Q19] a folder that another process works on is refused with its number, and taken once that process is gone", async () => {
  other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const path = join(folder, "lock");
  await writeFile(path, String(other.pid));
  await expect(takeLock(path, { waitMs: 200 })).rejects.toThrow(
    `is being worked on by process ${other.pid}; if that is another program, delete ${path}`,
  );
  other.kill("SIGKILL");
  await once(other, "exit");
  const release = await takeLock(path, { waitMs: 0 });
  expect(await readFile(path, "utf8")).toBe(String(process.pid));
  await release();
  expect(await readdir(folder)).toEqual([]);
});

test("[Q19] of several that want a folder at once exactly one gets it, also where a dead process left its mark", async () => {
  const path = join(folder, "lock");
  for (const left of [null, String(process.pid), "1999999999", "no number"]) {
    if (left !== null) await writeFile(path, left);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => takeLock(path, { waitMs: 0 })));
    const taken = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(taken).toHaveLength(1);
    expect(refused.every((reason) => reason instanceof LockHeld)).toBe(true);
    await taken[0]?.();
    expect(await readdir(folder)).toEqual([]);
  }
});
