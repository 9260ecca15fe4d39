/** One run in its folder: goes on from where the folder stands, keeps it up to date, and says what it does. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { OpenBackend } from "@tributary/backends";
import type { DataSource } from "@tributary/datasets/node";
import { syntheticSetFromCheckpoint } from "@tributary/model";
import { takeLock } from "@tributary/platform";
import { simulate } from "../simulation/simulate.ts";
import type { SimulatedRound } from "../simulation/simulation.ts";
import type { Manifest } from "./manifest.ts";
import { type Cost, openRunFolder, readSummary, type Spent } from "./run-folder.ts";
import type { RunSpec } from "./run-matrix.ts";

export type RunReport = {
  /** What was done before, when the run goes on. */
  readonly onResumed: (done: {
    readonly rounds: number;
    readonly iterations: number;
    readonly spent: Spent;
  }) => void;
  readonly onNote: (text: string) => void;
  /** `spent` is this round's. */
  readonly onRound: (row: SimulatedRound, spent: Spent) => void;
  readonly onIteration: (done: {
    readonly iteration: number;
    readonly iterations: number;
    readonly distance: number;
    readonly seconds: number;
  }) => void;
};

/** A synthesis is kept this often; a kill costs no more of it. */
const CHECKPOINT_EVERY_MS = 20_000;

/** A worker whose parent was killed is gone within a moment. */
const LOCK_WAIT_MS = 10_000;

export type RunOneOptions = {
  readonly spec: RunSpec;
  readonly folder: string;
  readonly source: DataSource;
  readonly backend: Pick<OpenBackend, "name">;
  readonly manifest: Manifest;
  readonly report: RunReport;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
};

/** Throws `OtherConfiguration`, what `simulate` throws, the signal's reason, and where another process is at it. */
export async function runOne(options: RunOneOptions): Promise<void> {
  await mkdir(options.folder, { recursive: true });
  const release = await takeLock(join(options.folder, "lock"), { waitMs: LOCK_WAIT_MS });
  try {
    await workOn(options);
  } finally {
    await release();
  }
}

async function workOn(options: RunOneOptions): Promise<void> {
  const { spec, source, backend, report, signal, nowMs } = options;
  const folder = openRunFolder(options.folder);
  const resumed = await folder.open(options.manifest, report.onNote);
  if (resumed !== null) {
    const { rounds, synthesizing } = resumed.simulation;
    const iterations = synthesizing === null ? 0 : syntheticSetFromCheckpoint(synthesizing).iteration;
    report.onResumed({ rounds: rounds.length, iterations, spent: resumed.spent });
  }
  if ((await readSummary(options.folder)) !== null) return;
  const watch = createWatch(nowMs, resumed ?? nothingYet);
  let savedAtMs = nowMs();
  let ended: { readonly row: SimulatedRound; readonly spent: Spent } | null = null;

  const result = await simulate(spec.plan, source, {
    checkpoint: resumed?.simulation ?? null,
    signal,
    volunteersTrain: spec.volunteersTrain,
    onPerformed(effect) {
      if (effect === "open-round") watch.spend("train");
      else if (effect === "evaluate") watch.spend("evaluate");
      else if (effect === "refine") watch.spend("refine");
    },
    onIteration: (iteration, distance, iterations) =>
      report.onIteration({ iteration, iterations, distance, seconds: watch.spend("synthesize") }),
    onRound: (row) => {
      ended = { row, spent: watch.takeRound() };
    },
    isCheckpointDue: () => nowMs() - savedAtMs >= CHECKPOINT_EVERY_MS,
    async onCheckpoint(simulation) {
      await folder.keep({ simulation, ...watch.total() });
      // A round that has been told is on the disk.
      if (ended !== null) report.onRound(ended.row, ended.spent);
      ended = null;
      watch.skip();
      savedAtMs = nowMs();
    },
  });
  await folder.finish(result, watch.total(), backend.name);
}

const nothingSpent: Spent = { train: 0, evaluate: 0, synthesize: 0, refine: 0 };

const nothingYet: Cost = { spent: nothingSpent, cpuSeconds: 0 };

/** Seconds since the last reading, by what they were spent on. */
function createWatch(nowMs: () => number, before: Cost) {
  const cpuBefore = cpuSeconds();
  let total = before.spent;
  let round = nothingSpent;
  let lastMs = nowMs();
  return {
    spend(kind: keyof Spent): number {
      const seconds = (nowMs() - lastMs) / 1000;
      lastMs = nowMs();
      total = { ...total, [kind]: total[kind] + seconds };
      round = { ...round, [kind]: round[kind] + seconds };
      return seconds;
    },
    /** Leaves out the time since the last reading. */
    skip() {
      lastMs = nowMs();
    },
    total: (): Cost => ({ spent: total, cpuSeconds: before.cpuSeconds + cpuSeconds() - cpuBefore }),
    /** What the round that has just ended took. */
    takeRound(): Spent {
      const taken = round;
      round = nothingSpent;
      return taken;
    },
  };
}

/** Of this process since its start: it works one run at a time. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
