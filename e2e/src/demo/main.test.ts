import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { REPOSITORY } from "../server-process.ts";

const ENTRY = join(REPOSITORY, "e2e/dist/demo/main.js");

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "tributary-demo-test-"));
  // Run as root, the demo's Postgres has a user of its own, which has to pass through here.
  await chmod(scratch, 0o755);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

test("[E1] the command refuses what it cannot do with exit code 2", async () => {
  const demo = spawn(process.execPath, [ENTRY, "--rounds", "3"]);
  let said = "";
  demo.stderr.on("data", (part: Buffer) => {
    said += part.toString();
  });
  const [code] = await once(demo, "close");
  expect(code).toBe(2);
  expect(said).toContain('--rounds must be a whole number from 6 to 1000, got "3"');
});

test("[E17] Ctrl-C in the middle of the demo leaves nothing behind", async () => {
  const demo = spawn(process.execPath, [ENTRY, "--out", join(scratch, "out")], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve) => {
    demo.stdout.on("data", (part: Buffer) => {
      if (part.toString().includes("waiting for volunteers")) resolve();
    });
  });
  expect((await readdir(scratch)).length).toBeGreaterThan(1);
  demo.kill("SIGINT");
  const [code] = await once(demo, "exit");
  expect(code).toBe(130);
  // The homes of the server and of its Postgres are removed only after both have ended.
  expect(await readdir(scratch)).toEqual(["out"]);
});
