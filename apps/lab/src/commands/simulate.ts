/** `npm run simulate -- --config FILE --out DIR`: a whole run in one process, without sockets or browsers. */

import { mkdir, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openBackend } from "@tributary/backends";
import { LockHeld } from "@tributary/platform";
import { describeProblem } from "@tributary/protocol";
import { type LabData, readLabData } from "../data/lab-data.ts";
import { Impossible } from "../impossible.ts";
import { datasetName, namedDataFolder, usualDataFolder } from "../plans/data-folder.ts";
import { durationWords, estimate, workAhead } from "../run/estimate.ts";
import { firstMeasurements } from "../run/first-measurements.ts";
import { createFollower, type Follower } from "../run/follow.ts";
import { manifestOf, type RunManifest } from "../run/manifest.ts";
import { progressWords, type RunProgress } from "../run/progress.ts";
import { runOne } from "../run/run-one.ts";
import { announcement } from "../simulate/announcement.ts";
import { pictureTaskOf } from "../simulate/picture-task.ts";
import {
  type Parsed,
  parseSimulationConfig,
  planOfConfig,
  type SimulationConfig,
  splitOf,
} from "../simulate/simulation-config.ts";
import {
  exitIfStarted,
  fromCaller,
  INTERRUPTED,
  interruptible,
  orImpossible,
  runCommand,
} from "./command-line.ts";

const usage = `usage: npm run simulate -- --config FILE --out DIR
  --config    JSON: { "base": "small" | "desk" | "paper", "plan": { ... }, "data": { "folder": ... }, "split": { ... } },
              each optional,
              or the manifest.json of a run, live or simulated, whose plan is then replayed; see docs/simulation.md
  --out       where results and checkpoints go; the same command goes on there after Ctrl-C or a kill`;

type Choice = { readonly config: string; readonly out: string };

/** Exit status: 0 done, 1 broken on the way, 2 invalid arguments or an impossible configuration, 130 interrupted. */
export function main(args: readonly string[]): Promise<number> {
  const command = `npm run simulate -- ${args.join(" ")}`;
  return runCommand({ usage, read: readArguments, run: (choice) => run(choice, command) }, args);
}

function readArguments(args: readonly string[]): Choice {
  const options = { config: { type: "string" }, out: { type: "string" } } as const;
  const { config, out } = parseArgs({ args: [...args], options }).values;
  if (config === undefined) throw new Error("expected --config FILE, got none");
  if (out === undefined) throw new Error("expected --out DIR, got none");
  return { config: fromCaller(config), out: fromCaller(out) };
}

async function run({ config: path, out }: Choice, command: string): Promise<number> {
  const text = await orImpossible(readFile(path, "utf8"));
  const config = demand(path, parseSimulationConfig(text));
  const folder = folderOf(config);
  const source = await readData(config, folder);
  const plan = demand(path, planOfConfig(config, source, datasetName(folder)));
  await orImpossible(mkdir(out, { recursive: true }));
  const backend = await orImpossible(openBackend(config.backend));
  try {
    const { volunteersTrain } = config;
    const choice = { plan, volunteersTrain, split: splitOf(config, plan) };
    const about = manifestOf(choice, source, backend, command);
    const manifest = { ...about, config: JSON.parse(text) as unknown };
    return await interruptible((signal) => work({ manifest, source, out }, signal));
  } finally {
    await backend.close();
  }
}

function folderOf({ base, folder, plan }: SimulationConfig): string {
  if (folder !== null) return fromCaller(folder);
  const { dataset } = (plan.sample ?? {}) as { readonly dataset?: unknown };
  return typeof dataset === "string" ? namedDataFolder(dataset) : usualDataFolder(base === "paper");
}

async function readData(config: SimulationConfig, folder: string): Promise<LabData> {
  const { sha256, split } = config;
  const source = await orImpossible(readLabData(folder, { split, pictures: pictureTaskOf(config) }));
  for (const note of source.notes) console.log(`note: ${note}`);
  if (sha256 === null || sha256 === source.sha256) return source;
  throw new Impossible(`expected data of sha256 ${sha256} in ${folder}, got ${source.sha256}`);
}

function demand<Value>(path: string, parsed: Parsed<Value>): Value {
  if (parsed.ok) return parsed.value;
  const lines = parsed.problems.map((problem) => `${path}: ${describeProblem(problem, "the configuration")}`);
  throw new Impossible(lines.join("\n"));
}

type Work = { readonly manifest: RunManifest; readonly source: LabData; readonly out: string };

async function work({ manifest, source, out }: Work, signal: AbortSignal): Promise<number> {
  let follower: Follower<RunManifest> | null = null;
  const say = (progress: RunProgress) => {
    if (follower !== null) return follower.hear(manifest, progress);
    const words = progressWords(progress, manifest.plan);
    if (words !== null) console.log(words);
  };
  try {
    await runOne({
      ...{ manifest, source, folder: out, otherRun: "set-aside", signal, report: say },
      nowMs: () => performance.now(),
      async onStart(done) {
        follower = await announce(manifest, done, signal);
      },
    });
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (error instanceof LockHeld) throw new Impossible(error.message, { cause: error });
    throw error;
  }
  console.log(`finished; the results are in ${out}`);
  return 0;
}

/** Measures a few small trials, and prints what will be done and about how long it takes. */
async function announce(
  manifest: RunManifest,
  {
    rounds: roundsDone,
    iterations: iterationsDone,
  }: { readonly rounds: number; readonly iterations: number },
  signal: AbortSignal,
): Promise<Follower<RunManifest>> {
  const known = await firstMeasurements(manifest.plan);
  signal.throwIfAborted();
  const ahead = workAhead({ ...manifest, roundsDone, iterationsDone });
  console.log(announcement(manifest, roundsDone, durationWords(estimate([ahead], known, 1))));
  return createFollower({
    ...{ runs: [manifest], done: new Map(), known, prefixOf: () => "", say: console.log },
    jobs: () => 1,
    nowMs: () => performance.now(),
  });
}

await exitIfStarted(import.meta.url, main);
