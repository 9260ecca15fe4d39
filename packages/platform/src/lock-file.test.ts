import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../testing/index.ts";
import { LockHeld, takeLock } from "./lock-file.js";

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
  release();
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
    taken[0]?.();
    expect(await readdir(folder)).toEqual([]);
  }
});

test.runIf(process.platform === "linux")(
  "[Q19] the lock of a process that is gone is taken although another process has its id by now",
  async () => {
    const path = join(folder, "lock");
    // Whoever it was took the lock long before the parent of this process started.
    await writeFile(path, String(process.ppid));
    await utimes(path, 1_000_000_000, 1_000_000_000);
    const release = await takeLock(path, { waitMs: 0 });
    expect(await readFile(path, "utf8")).toBe(String(process.pid));
    release();
  },
);

test("[Q19] who waits for a lock says so once, and gets it when it is given back", async () => {
  const path = join(folder, "lock");
  const release = await takeLock(path);
  let waits = 0;
  const second = takeLock(path, { onWait: () => waits++ });
  await until("a wait", () => waits > 0);
  release();
  (await second)();
  expect(waits).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});
