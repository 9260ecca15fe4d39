import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchLeftovers } from "./leftovers.mjs";

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-scripts-"));
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
});
afterEach(() => rm(folder, { recursive: true }));

test("[C21] what a test run leaves is named and removed: files, databases, and processes", async () => {
  const shared = join(folder, ".git/shared");
  await mkdir(join(shared, "data-old"), { recursive: true });
  await writeFile(join(folder, "old.txt"), "");
  const leftovers = watchLeftovers(folder, shared);
  const { temporaryDirectory } = leftovers;

  await writeFile(join(temporaryDirectory, "left.txt"), "");
  await mkdir(join(shared, "data-new"));
  await mkdir(join(shared, "data-of-a-running-server/data"), { recursive: true });
  await writeFile(join(shared, "data-of-a-running-server/data/postmaster.pid"), `${process.pid}\n/data\n`);
  await writeFile(join(folder, "new.txt"), "");
  // The test's own temporary folder may itself be in one that is watched; only the innermost names this process.
  const env = { PATH: process.env.PATH, TMPDIR: temporaryDirectory };
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { env });

  const left = await leftovers.remove();
  const isLinux = existsSync("/proc/self/environ");
  expect(left.map((line) => line.replace(/^process \d+: .*node.*/, "a process"))).toEqual([
    ...(isLinux ? ["a process"] : []),
    join(temporaryDirectory, "left.txt"),
    join(shared, "data-new"),
    join(folder, "new.txt"),
  ]);
  expect(existsSync(temporaryDirectory)).toBe(false);
  if (!isLinux) child.kill();
  if (child.signalCode === null) await new Promise((resolve) => child.once("exit", resolve));
}, 60_000);

test("[C21] a run that leaves nothing has no leftovers", async () => {
  expect(await watchLeftovers(folder, join(folder, "none")).remove()).toEqual([]);
});
