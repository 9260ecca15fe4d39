/** `npm run experiment -- PRESET`: methods side by side over alphas and seeds, resumable, with a table and a page. */

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readDataSource } from "@tributary/datasets/node";
import { places } from "@tributary/platform";
import { createFollower } from "../experiment/follow.ts";
import { type Asked, type ExperimentOptions, listing, readOptions, usage } from "../experiment/options.ts";
import { type RunTask, runPool } from "../experiment/pool.ts";
import { readRounds } from "../experiment/run-folder.ts";
import { type RunSpec, runMatrix } from "../experiment/run-matrix.ts";
import type { FromWorker } from "../experiment/worker-messages.ts";
import { RUNS, writeResults } from "../experiment/write-results.ts";
import { scales } from "../plans/scales.ts";
import {
  exitIfStarted,
  fromCaller,
  INTERRUPTED,
  interruptible,
  orImpossible,
  runCommand,
} from "./command-line.ts";

/** Where Debian's `dataset-fashion-mnist` puts all 70,000 images. */
const debianData = "/usr/share/datasets/fashion-mnist";
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
    default:
      return asked satisfies never;
  }
}

type Ready = {
  readonly out: string;
  readonly data: string;
  readonly runs: readonly RunSpec[];
};

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
  const usual = choice.scale.train === null && existsSync(debianData) ? debianData : places.fashionMnist;
  const data = given === null ? usual : fromCaller(given);
  const runs = runMatrix(choice, await readDataSource(data));
  const folder = fromCaller(out ?? join("experiments", `${choice.preset.name}-${choice.scale.name}`));
  await mkdir(join(folder, RUNS), { recursive: true });
  return { out: folder, data, runs };
}

/** 0, or what the worst of the runs came to; `NOT_OPENED` where none could even begin. */
async function workAll(
  options: ExperimentOptions,
  { out, data, runs }: Ready,
  command: string,
  signal: AbortSignal,
): Promise<number> {
  const folderOf = (run: RunSpec) => join(out, RUNS, run.name);
  const done = new Map<RunSpec, number>();
  // A damaged rounds.csv is told and written anew where the run is opened.
  for (const run of runs) done.set(run, (await readRounds(folderOf(run)).catch(() => [])).length);
  let jobs = Math.min(options.jobs ?? availableParallelism(), runs.length);
  const follower = createFollower({
    ...{ runs, done, say: console.log },
    jobs: () => jobs,
    nowMs: () => performance.now(),
  });
  console.log(`${runs.length} runs, in ${out}`);
  let status = 0;
  let hasOpened = false;
  const onMessage = (task: RunTask | null, message: FromWorker) => {
    if (message.type === "not-opened") {
      console.error(message.reason);
      status = 2;
    }
    if (message.type === "run-failed") {
      console.error(message.reason);
      status = Math.max(status, message.impossible ? 2 : 1);
    }
    if (task !== null) follower.hear(task.run, message);
  };
  const { preset, scale } = options.choice;
  await runPool({
    jobsOn(opened) {
      hasOpened = true;
      // One process fills a GPU, and a driver that imitates one uses every core.
      if (options.jobs === null && opened.device !== "cpu") jobs = 1;
      console.log(`on ${opened.backend} (${opened.adapter}), ${jobs} at a time`);
      return jobs;
    },
    settings: {
      data,
      backend: options.backend,
      threads: jobs > 1 ? 1 : null,
      preset: preset.name,
      scale: scale.name,
      command,
    },
    tasks: runs.map((run) => ({ folder: folderOf(run), run })),
    onMessage,
    signal,
  });
  return hasOpened || status === 0 ? status : NOT_OPENED;
}

await exitIfStarted(import.meta.url, main);
