/** `npm run experiment -- PRESET`: compares methods over alphas and seeds, and writes a table and a page. Resumable. */

import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readLabData } from "../data/lab-data.ts";
import { type Split, splitWords } from "../data/split.ts";
import {
  type Asked,
  type ExperimentOptions,
  listing,
  readOptions,
  TASKS,
  type TasksOptions,
  usage,
} from "../experiment/options.ts";
import { runPool } from "../experiment/pool.ts";
import { type RunSpec, runMatrix } from "../experiment/run-matrix.ts";
import type { FromWorker } from "../experiment/worker-messages.ts";
import { RUNS, writeResults } from "../experiment/write-results.ts";
import { usualDataFolder } from "../plans/data-folder.ts";
import { scales } from "../plans/scales.ts";
import { createFollower, type Follower } from "../run/follow.ts";
import { readRounds } from "../run/run-files.ts";
import {
  exitIfStarted,
  fromCaller,
  INTERRUPTED,
  interruptible,
  orImpossible,
  runCommand,
} from "./command-line.ts";

const NOT_OPENED = -1;

/** Exit status: 0 done, 1 a run broke, 2 invalid arguments or an impossible choice, 130 interrupted. */
export function main(args: readonly string[]): Promise<number> {
  const command = `npm run experiment -- ${args.join(" ")}`;
  return runCommand({ usage, read: readOptions, run: (asked) => run(asked, command) }, args);
}

async function run(asked: Asked, command: string): Promise<number> {
  switch (asked.kind) {
    case "list":
      console.log(listing(scales[0] as (typeof scales)[number]));
      return 0;
    case "experiment": {
      const ready = await orImpossible(prepare(asked.options));
      return interruptible((signal) => experiment(asked.options, ready, command, signal));
    }
    case "tasks":
      return interruptible((signal) => everyTask(asked.options, command, signal));
    default:
      return asked satisfies never;
  }
}

type Ready = {
  readonly out: string;
  readonly data: string;
  readonly runs: readonly RunSpec[];
};

/** One experiment after another, each in a folder of its own. The worst status of them. */
async function everyTask(options: TasksOptions, command: string, signal: AbortSignal): Promise<number> {
  let status = 0;
  for (const { name, about, folder, scale, split, methods } of options.tasks) {
    if (signal.aborted) return INTERRUPTED;
    console.log(`\n${name}: ${about}`);
    const preset = { name: `${TASKS}, ${name}`, about, methods: () => methods };
    const choice = { preset, scale, splits: [split], seeds: options.seeds, only: null };
    const out = join(options.out ?? join("experiments", TASKS), name);
    const asked = { ...options, choice, data: folder, out, targets: scale.targets };
    const ready = await orImpossible(prepare(asked));
    status = Math.max(status, await experiment(asked, ready, command, signal));
  }
  return status;
}

async function experiment(
  options: ExperimentOptions,
  ready: Ready,
  command: string,
  signal: AbortSignal,
): Promise<number> {
  const status = await workAll(options, ready, command, signal);
  if (status === NOT_OPENED) return 2;
  const { out, runs } = ready;
  const { choice, targets } = options;
  const asked = runs.map(({ name }) => name);
  console.log(`\n${await writeResults({ out, choice, asked, targets, note: console.error })}`);
  console.log(`wrote table.csv, table.md and index.html to ${out}`);
  return signal.aborted ? INTERRUPTED : status;
}

async function prepare({ choice, data: given, out }: ExperimentOptions): Promise<Ready> {
  const data = given === null ? usualDataFolder(choice.scale.train === null) : fromCaller(given);
  const source = await readLabData(data, { split: columnSplit(choice.splits), pictures: null });
  for (const note of source.notes) console.log(`note: ${note}`);
  const runs = runMatrix(choice, source);
  const folder = fromCaller(out ?? join("experiments", `${choice.preset.name}-${choice.scale.name}`));
  await mkdir(join(folder, RUNS), { recursive: true });
  return { out: folder, data, runs };
}

/** A folder is read with one column at most. */
function columnSplit(splits: readonly Split[]): Split | null {
  return splits.find(({ kind }) => kind === "column") ?? null;
}

/** 0, or the worst status of a run; `NOT_OPENED` where none could even begin. */
async function workAll(
  options: ExperimentOptions,
  ready: Ready,
  command: string,
  signal: AbortSignal,
): Promise<number> {
  const { out, data, runs } = ready;
  let jobs = Math.min(options.jobs ?? availableParallelism(), runs.length);
  let [status, hasOpened] = [0, false];
  const follower = await followRuns(ready, () => jobs);
  console.log(`${runs.length} runs, in ${out}`);
  await runPool({
    jobsOn({ backend, device, adapter }) {
      hasOpened = true;
      // One process fills a GPU, and a driver that imitates one uses every core.
      if (options.jobs === null && device !== "cpu") jobs = 1;
      console.log(`on ${backend} (${adapter}), ${jobs} at a time`);
      return jobs;
    },
    settings: {
      ...{ data, backend: options.backend, threads: jobs > 1 ? 1 : null, command },
      ...{ preset: options.choice.preset.name, scale: options.choice.scale.name },
      columnSplit: columnSplit(options.choice.splits),
    },
    tasks: runs.map((run) => ({ folder: folderOf(out, run), run })),
    onMessage(task, message) {
      status = Math.max(status, failureOf(message));
      if (message.type === "opened" || message.type === "not-opened") return;
      if (task !== null) follower.hear(task.run, message);
    },
    signal,
  });
  return hasOpened || status === 0 ? status : NOT_OPENED;
}

async function followRuns({ out, runs }: Ready, jobs: () => number): Promise<Follower<RunSpec>> {
  const done = new Map<RunSpec, number>();
  // A damaged rounds.csv is reported and written again where the run is opened.
  for (const run of runs) done.set(run, (await readRounds(folderOf(out, run)).catch(() => [])).length);
  const prefixOf = (run: RunSpec) =>
    `[${runs.indexOf(run) + 1}/${runs.length}] ${run.method}, ${splitWords(run.split)}, seed ${run.seed}: `;
  return createFollower({
    ...{ runs, done, prefixOf, jobs, known: [], say: console.log },
    nowMs: () => performance.now(),
  });
}

function folderOf(out: string, run: RunSpec): string {
  return join(out, RUNS, run.name);
}

/** The exit status that the message stands for. A failure's reason goes to stderr. */
function failureOf(message: FromWorker): number {
  if (message.type !== "not-opened" && message.type !== "run-failed") return 0;
  console.error(message.reason);
  return message.type === "not-opened" || message.impossible ? 2 : 1;
}

await exitIfStarted(import.meta.url, main);
