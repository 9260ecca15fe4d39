import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatIdx } from "@tributary/datasets";
import { createRng } from "@tributary/model";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

const command = fileURLToPath(new URL("../../dist/commands/experiment.js", import.meta.url));
const METHOD = "DynaFed";
const RUN = "dynafed_alpha-0.5_seed-1";

// A dozen processes one after another, each of which loads TensorFlow.js.
vi.setConfig({ testTimeout: 240_000 });

let folder = "";
const children = new Set<ChildProcess>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "experiment-"));
  const rng = createRng(1);
  for (const [part, count] of [
    ["train", 200],
    ["t10k", 100],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 64 }, () => rng.integer(256));
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), formatIdx([count, 8, 8], pixels));
    const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), formatIdx([count], labels));
  }
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});
afterAll(() => rm(folder, { recursive: true }));

type Started = {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
};

/** The real command, in a process of its own, on a data set of the test's. */
function start(out: string, ...more: string[]): Started {
  const args = [command, "control", "--scale", "tiny", "--alphas", "0.5", "--backend", "wasm"];
  const child = spawn(
    process.execPath,
    [...args, "--data", folder, "--out", join(folder, out), "--jobs", "1", ...more],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, INIT_CWD: folder } },
  );
  children.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (part: Buffer) => {
      text += part.toString("utf8");
    });
  }
  const ended = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  return { child, said: () => text, ended };
}

async function run(out: string, ...more: string[]) {
  const { said, ended } = start(out, ...more);
  return { status: await ended, said: said() };
}

const fileOf = (out: string, name: string, run = RUN) => readFile(join(folder, out, "runs", run, name));

test("[Q14] the command leaves each run's files, the table and the page, and repeats no finished run", async () => {
  const { status, said } = await run("whole", "--only", "FedAvg,DynaFed");
  expect(said).toMatch(/\[2\/2\] DynaFed, alpha 0.5, seed 1: round 8\/8 .* %\)/);
  expect(said).toMatch(/synthesis 20\/20 {2}D \d/);
  expect(said).toMatch(/ left/);
  expect(status).toBe(0);
  expect((await readdir(join(folder, "whole"))).sort()).toEqual([
    "index.html",
    "runs",
    "table.csv",
    "table.md",
  ]);
  expect((await readdir(join(folder, "whole/runs", RUN))).sort()).toEqual(
    [
      ...["checkpoint", "manifest.json", "rounds.csv", "summary.json"],
      ...["synthesis.json", "synthetic-set.bin"],
    ].sort(),
  );
  const manifest = JSON.parse(String(await fileOf("whole", "manifest.json")));
  expect(manifest).toMatchObject({
    method: METHOD,
    split: { kind: "dirichlet", alpha: 0.5 },
    seed: 1,
    backend: "wasm",
  });
  expect(manifest).toMatchObject({ data: { train: 200, test: 100 }, plan: { rounds: 8 } });
  expect(manifest.command).toContain("npm run experiment -- control --scale tiny");
  expect(await readFile(join(folder, "whole/table.md"), "utf8")).toContain("| alpha 0.5 | DynaFed | 1 |");
  const page = await readFile(join(folder, "whole/index.html"), "utf8");
  expect(page).toContain("2 synthetic images of DynaFed, alpha 0.5, seed 1");

  const again = await run("whole", "--only", "FedAvg,DynaFed");
  expect(again.status).toBe(0);
  expect(again.said).not.toContain("round 8/8");

  const summary = JSON.parse(String(await fileOf("whole", "summary.json")));
  await writeFile(join(folder, "whole/runs", RUN, "summary.json"), "{}");
  const mended = await run("whole", "--only", METHOD);
  expect(mended.status).toBe(0);
  expect(mended.said).toContain("summary.json is damaged: /final is missing; the run is finished again");
  expect(JSON.parse(String(await fileOf("whole", "summary.json")))).toMatchObject({
    final: summary.final,
    seconds: summary.seconds,
  });
});

test("[Q15] after a kill -9, in the middle of rounds or of a synthesis, a run ends in the same bytes as an undisturbed one", async () => {
  await run("undisturbed", "--only", METHOD);
  for (const moment of [/round 3\/8/, /synthesis \d+\/20/, /round 5\/8/]) {
    const killed = start("killed", "--only", METHOD);
    await vi.waitFor(() => expect(killed.said()).toMatch(moment), { timeout: 120_000, interval: 5 });
    killed.child.kill("SIGKILL");
    await killed.ended;
  }
  const { status, said } = await run("killed", "--only", METHOD);
  expect(status).toBe(0);
  expect(said).toMatch(/goes on after round [567]/);
  // What was measured before the kill still counts.
  expect(said).not.toContain("not measured yet");
  for (const name of ["rounds.csv", "synthesis.json", "synthetic-set.bin"]) {
    expect(await fileOf("killed", name)).toEqual(await fileOf("undisturbed", name));
  }
});

test("[Q16] a Ctrl-C ends the command with status 130 and no process left, and the same command goes on", async () => {
  const { child, said, ended } = start("stopped", "--only", METHOD);
  await vi.waitFor(() => expect(said()).toMatch(/round 2\/8/), { timeout: 120_000, interval: 5 });
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said()).toContain("stopping; the same command goes on from here");
  // A worker that were left would hold the run's lock.
  await expect(fileOf("stopped", ".tributary-lock")).rejects.toThrow("ENOENT");
  const later = await run("stopped", "--only", METHOD);
  expect(later.said).toMatch(/goes on after round \d/);
  expect(later.status).toBe(0);
});

test("[Q17] a folder with another configuration is refused with the difference, and left as it was", async () => {
  await run("other", "--only", "FedAvg");
  const name = "fedavg_alpha-0.5_seed-1";
  const path = join(folder, "other/runs", name, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  manifest.plan.rounds = 9;
  manifest.data.sha256 = "another";
  await writeFile(path, JSON.stringify(manifest));
  const { status, said } = await run("other", "--only", "FedAvg");
  expect(status).toBe(2);
  expect(said).toContain("plan.rounds is 9 there, 8 was asked for");
  expect(said).toContain('data.sha256 is "another" there');
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual(manifest);
});

test("[Q17] a damaged checkpoint is reported, and the run starts again to the same end", async () => {
  const killed = start("damaged", "--only", METHOD);
  await vi.waitFor(() => expect(killed.said()).toMatch(/round 3\/8/), { timeout: 120_000, interval: 5 });
  killed.child.kill("SIGKILL");
  await killed.ended;
  await writeFile(join(folder, "damaged/runs", RUN, "checkpoint/checkpoint.json"), "{");
  const { status, said } = await run("damaged", "--only", METHOD);
  expect(said).toMatch(/checkpoint.json is damaged: .*; the run starts again/);
  expect(said).toContain("round 1/8");
  expect(status).toBe(0);
  const whole = await run("undamaged", "--only", METHOD);
  expect(whole.status).toBe(0);
  expect(await fileOf("damaged", "rounds.csv")).toEqual(await fileOf("undamaged", "rounds.csv"));
});

test("[Q18] invalid arguments exit with status 2 and a reason", async () => {
  for (const [more, reason] of [
    [["--data", join(folder, "nowhere")], "nowhere"],
    [["--only", "FedSGD"], 'control has no method "FedSGD"'],
    [["--seeds", "-1"], "--seeds"],
    [["--backend", "webgl"], 'no backend for "webgl"'],
  ] as const) {
    const { status, said } = await run("refused", ...more);
    expect(said).toContain(reason);
    expect(said).not.toContain("table");
    expect(status).toBe(2);
  }
});
