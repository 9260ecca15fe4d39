import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeRunLock } from "./run-lock.ts";

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
  await writeFile(join(folder, "lock"), String(other.pid));
  await expect(takeRunLock(folder)).rejects.toThrow(
    `is being worked on by process ${other.pid}; if that is another program, delete ${join(folder, "lock")}`,
  );
  other.kill("SIGKILL");
  await once(other, "exit");
  const release = await takeRunLock(folder);
  expect(await readFile(join(folder, "lock"), "utf8")).toBe(String(process.pid));
  await release();
  expect(await readdir(folder)).toEqual([]);
});
