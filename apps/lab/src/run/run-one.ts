/** One run in its folder: goes on from where the folder stands, keeps it up to date, and tells what it does. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { syntheticSetFromCheckpoint } from "@tributary/model";
import { takeLock } from "@tributary/platform";
import type { LabData } from "../data/lab-data.ts";
import { simulate } from "../simulation/simulate.ts";
import type { SimulationOptions } from "../simulation/simulated-run.ts";
import { createWatch, nothingYet } from "./cost.ts";
import type { RunManifest } from "./manifest.ts";
import type { RunProgress } from "./progress.ts";
import { readSummary } from "./run-files.ts";
import { type OtherRun, openRunFolder, type RunCheckpoint, type RunFolder } from "./run-folder.ts";

/** A synthesis is kept this often; a kill costs no more of it. */
const CHECKPOINT_EVERY_MS = 20_000;

/** The name says whose file it is: a lock that a killed process left is removed. */
const RUN_LOCK = ".tributary-lock";

/** A process whose parent was killed is gone within a moment. */
const LOCK_WAIT_MS = 10_000;

export type RunOneOptions = {
  /** What is run, and on which backend: the one that is open. */
  readonly manifest: RunManifest;
  readonly folder: string;
  readonly otherRun: OtherRun;
  readonly source: LabData;
  readonly report: (progress: RunProgress) => void;
  /** Awaited before the first work of a run that is not finished. `done`: rounds, and iterations of the synthesis then. */
  readonly onStart?: (done: { readonly rounds: number; readonly iterations: number }) => Promise<void>;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
};

/**
 * Resolves once the run is finished, at once where its folder says that it is.
 * Throws `OtherConfiguration`, `LockHeld` where another process works on the folder, what `simulate` throws, and the
 * signal's reason.
 */
export async function runOne(options: RunOneOptions): Promise<void> {
  await mkdir(options.folder, { recursive: true });
  const release = await takeLock(join(options.folder, RUN_LOCK), { waitMs: LOCK_WAIT_MS });
  try {
    await workOn(options);
  } finally {
    release();
  }
}

async function workOn(options: RunOneOptions): Promise<void> {
  const { manifest, source, report, signal, nowMs } = options;
  const folder = openRunFolder(options.folder, options.otherRun);
  const resumed = await folder.open(manifest, (text) => report({ type: "noted", text }));
  const before = resumed && resumedProgress(resumed);
  const isFinished = (await readSummary(options.folder)) !== null;
  if (!isFinished) await options.onStart?.(before ?? { rounds: 0, iterations: 0 });
  if (before !== null) report(before);
  if (isFinished) return;
  const watch = createWatch(nowMs, resumed ?? nothingYet);
  const result = await simulate(manifest.plan, source, {
    checkpoint: resumed?.simulation ?? null,
    signal,
    volunteersTrain: manifest.volunteersTrain,
    split: manifest.split,
    ...reporting(folder, watch, report, nowMs),
  });
  await folder.finish(result, watch.total(), manifest);
}

function resumedProgress({ simulation, spent }: RunCheckpoint): Extract<RunProgress, { type: "resumed" }> {
  const { rounds, synthesizing } = simulation;
  const iterations = synthesizing === null ? 0 : syntheticSetFromCheckpoint(synthesizing).iteration;
  return { type: "resumed", rounds: rounds.length, iterations, spent };
}

/** Measures, keeps and reports what the simulation does. */
function reporting(
  folder: RunFolder,
  watch: ReturnType<typeof createWatch>,
  report: (progress: RunProgress) => void,
  nowMs: () => number,
): SimulationOptions {
  let savedAtMs = nowMs();
  let ended: Omit<Extract<RunProgress, { type: "round-done" }>, "completed"> | null = null;
  return {
    onPerformed(effect) {
      if (effect === "open-round") watch.spend("train");
      else if (effect === "evaluate") watch.spend("evaluate");
      else if (effect === "refine") watch.spend("refine");
    },
    onRefusal: (refusal) => report({ type: "update-refused", refusal }),
    onAbandoned: (round) => report({ type: "round-abandoned", round }),
    onIteration: (iteration, distance, iterations) =>
      report({
        type: "iteration-done",
        ...{ iteration, iterations, distance, seconds: watch.spend("synthesize") },
      }),
    onRound: (row) => {
      ended = { type: "round-done", row, spent: watch.takeRound() };
    },
    isCheckpointDue: () => nowMs() - savedAtMs >= CHECKPOINT_EVERY_MS,
    async onCheckpoint(simulation) {
      await folder.keep({ simulation, ...watch.total() });
      // A round that has been told is on the disk.
      if (ended !== null) report({ ...ended, completed: simulation.rounds.length });
      ended = null;
      watch.skip();
      savedAtMs = nowMs();
    },
  };
}
