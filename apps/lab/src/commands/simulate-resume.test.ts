/** The built command, in a process of its own that is killed and goes on. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

const command = fileURLToPath(new URL("../../dist/commands/simulate.js", import.meta.url));

// Several processes one after another, each of which loads TensorFlow.js.
vi.setConfig({ testTimeout: 240_000 });

const config = {
  base: "small",
  backend: "wasm",
  plan: {
    rounds: 8,
    task: { network: { width: 4 } },
    dynafed: { snapshots: 5, imagesPerClass: 1, innerSteps: 2, iterations: 20, refineSteps: 2 },
    sample: { train: 400, test: 100 },
  },
};

let folder = "";
const children = new Set<ChildProcess>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulate-"));
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});
afterAll(() => rm(folder, { recursive: true }));

function start(out: string) {
  const args = [command, "--config", "config.json", "--out", out];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, INIT_CWD: folder },
  });
  children.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part: Buffer) => {
      text += part.toString("utf8");
    });
  }
  const ended = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  const hears = (words: RegExp) =>
    vi.waitFor(() => expect(text).toMatch(words), { timeout: 120_000, interval: 5 });
  return { child, ended, hears, said: () => text };
}

async function expectSame(out: string, other: string): Promise<void> {
  for (const name of ["rounds.csv", "synthesis.json", "synthetic-set.bin"]) {
    expect(await readFile(join(folder, out, name))).toEqual(await readFile(join(folder, other, name)));
  }
}

test("[M16] after a Ctrl-C, with status 130, and after a kill -9 the same command goes on to the same bytes", async () => {
  const whole = start("whole");
  expect(await whole.ended).toBe(0);
  for (const [signal, moment] of [
    ["SIGINT", /round 2\/8/],
    ["SIGKILL", /synthesis \d+\/20/],
    ["SIGKILL", /round 6\/8/],
  ] as const) {
    const stopped = start("stopped");
    await stopped.hears(moment);
    stopped.child.kill(signal);
    expect(await stopped.ended).toBe(signal === "SIGINT" ? 130 : null);
    if (signal === "SIGINT") expect(stopped.said()).toContain("stopping; the same command goes on from here");
  }
  const last = start("stopped");
  expect(await last.ended).toBe(0);
  expect(last.said()).toMatch(/about .* for the \d rounds that are left/);
  expect(last.said()).toMatch(/goes on after round [67]/);
  await expectSame("stopped", "whole");
  expect(await readdir(join(folder, "stopped"))).not.toContain(".tributary-lock");

  const again = start("stopped");
  expect(await again.ended).toBe(0);
  expect(again.said()).toBe(`finished; the results are in ${join(folder, "stopped")}\n`);
});
