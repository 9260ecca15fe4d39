/** A run's folder: what the run goes on from, what it keeps there, and what happens if another run is in it. */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkpointProblem } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import { Type } from "typebox";
import { Impossible } from "../impossible.ts";
import { resultFiles, tableFiles } from "../simulation/result-files.ts";
import type { SimulationCheckpoint, SimulationResult } from "../simulation/simulated-run.ts";
import { type CheckpointFolder, DamagedCheckpoint, openCheckpointFolder } from "./checkpoint-folder.ts";
import { type Cost, secondsOf } from "./cost.ts";
import { readChecked, replaceFile } from "./json-file.ts";
import { ManifestOutline, manifestDifferences, type RunManifest, SIMULATION_FORMAT } from "./manifest.ts";
import { CHECKPOINT, MANIFEST, RUN_FILES, readRounds, readSummary, SUMMARY } from "./run-files.ts";

/** A simulation's checkpoint and what the run has cost. */
export type RunCheckpoint = Cost & { readonly simulation: SimulationCheckpoint };

/** The folder holds a run of another configuration, or files of another kind. */
export class OtherConfiguration extends Impossible {}

export type RunFolder = {
  /**
   * What the run goes on from; null: from its start. `note` is called with what was thrown away or set aside.
   * Throws `OtherConfiguration`.
   */
  open(manifest: RunManifest, note: (text: string) => void): Promise<RunCheckpoint | null>;
  /** Stores a checkpoint, and the tables as far as the run has come. */
  keep(checkpoint: RunCheckpoint): Promise<void>;
  /** Writes the results. The run counts as finished once the last of them is there. */
  finish(result: SimulationResult, cost: Cost, manifest: RunManifest): Promise<void>;
};

/**
 * What is done with another run in the folder. `refuse`: nothing is changed and the folder is refused. `set-aside`: that
 * run's files move to a folder `earlier-N` within, and no other file is touched.
 */
export type OtherRun = "refuse" | "set-aside";

/** The folder need not exist. The caller holds its lock. */
export function openRunFolder(folder: string, otherRun: OtherRun): RunFolder {
  const checkpoints: CheckpointFolder = openCheckpointFolder(join(folder, CHECKPOINT));
  return {
    async open(manifest, note) {
      await mkdir(folder, { recursive: true });
      await clear(folder, manifest, otherRun, note);
      const checkpoint = await readCheckpoint(folder, checkpoints, note);
      await dropDamagedSummary(folder, note);
      await replaceFile(join(folder, MANIFEST), json(manifest));
      return checkpoint;
    },
    async keep(checkpoint) {
      await checkpoints.write(checkpoint);
      for (const { name, content } of tableFiles(checkpoint.simulation)) {
        await replaceFile(join(folder, name), content);
      }
    },
    async finish(result, cost, { backend, plan }) {
      const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
      const { headline } = plan.task.evaluation;
      const measured = { headline, seconds: secondsOf(cost.spent), backend };
      const files = resultFiles(result, measured, { ...cost, peakMemoryBytes });
      const isSummary = ({ name }: { readonly name: string }) => name === SUMMARY;
      for (const { name, content } of [
        ...files.filter((file) => !isSummary(file)),
        ...files.filter(isSummary),
      ]) {
        await replaceFile(join(folder, name), content);
      }
    },
  };
}

/** Afterwards the folder holds no files of another run. Throws `OtherConfiguration` if they may not be moved. */
async function clear(
  folder: string,
  manifest: RunManifest,
  otherRun: OtherRun,
  note: (text: string) => void,
): Promise<void> {
  await refuseOtherKind(folder);
  if (otherRun === "refuse") {
    const found = await readManifest(folder).catch((error: Error) => {
      throw new OtherConfiguration(`${error.message}. Delete ${folder}, or name another --out.`);
    });
    const list = found === null ? "" : manifestDifferences(found, manifest).join("; ");
    if (list === "") return;
    throw new OtherConfiguration(`${folder} holds another run: ${list}. Delete it, or name another --out.`);
  }
  const difference = await differenceOf(folder, manifest);
  if (difference === null) return;
  const aside = await setAside(folder);
  if (aside !== null) note(`${folder} held another run (${difference}); its files are now in ${aside}`);
}

/** Why the files in the folder belong to another run; null if they belong to this one. */
async function differenceOf(folder: string, manifest: RunManifest): Promise<string | null> {
  try {
    const found = await readManifest(folder);
    if (found === null) return "it has no manifest.json";
    return manifestDifferences(found, manifest).join("; ") || null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** A live run's export has files of the same names, which must not be replaced. */
async function refuseOtherKind(folder: string): Promise<void> {
  const path = join(folder, MANIFEST);
  const Format = Type.Object({ format: Type.String() });
  const found = await readChecked<{ readonly format: string }>(path, Format).catch(() => null);
  if (found === null || found.format === SIMULATION_FORMAT) return;
  throw new OtherConfiguration(
    `${path} has the format ${JSON.stringify(found.format)}, not a simulated run's. Name another --out.`,
  );
}

/** Moves a run's files into the first `earlier-N` that is free and returns its path; null if there are none. */
async function setAside(folder: string): Promise<string | null> {
  const present = await readdir(folder);
  const stale = RUN_FILES.filter((name) => present.includes(name));
  if (stale.length === 0) return null;
  let number = 1;
  while (present.includes(`earlier-${number}`)) number += 1;
  const aside = join(folder, `earlier-${number}`);
  await mkdir(aside);
  for (const name of stale) await rename(join(folder, name), join(aside, name));
  return aside;
}

/** null if no run has begun. Throws an Error with the file's name and what is wrong if it is damaged. */
function readManifest(folder: string): Promise<RunManifest | null> {
  return readChecked<RunManifest>(join(folder, MANIFEST), ManifestOutline);
}

async function readCheckpoint(
  folder: string,
  checkpoints: CheckpointFolder,
  note: (text: string) => void,
): Promise<RunCheckpoint | null> {
  try {
    // Only a folder whose hashes are right is believed to hold what `keep` wrote.
    return fromReadable((await checkpoints.read()) as RunCheckpoint | null, folder, note);
  } catch (error) {
    if (!(error instanceof DamagedCheckpoint)) throw error;
    note(`${error.message}; the run starts again`);
    await rm(join(folder, CHECKPOINT), { recursive: true, force: true });
    await rm(join(folder, SUMMARY), { force: true });
    return null;
  }
}

/** A synthesis that another version began cannot go on: it starts again. The rounds before it stay. */
function fromReadable(checkpoint: RunCheckpoint | null, folder: string, note: (text: string) => void) {
  const synthesizing = checkpoint?.simulation.synthesizing ?? null;
  const problem = synthesizing && checkpointProblem(synthesizing);
  if (checkpoint === null || problem === null) return checkpoint;
  note(`the synthesis under way in ${folder}: ${problem}; it starts again`);
  return { ...checkpoint, simulation: { ...checkpoint.simulation, synthesizing: null } };
}

/** Drops a summary that is damaged, or whose rounds are: the run is then finished again and writes both. */
async function dropDamagedSummary(folder: string, note: (text: string) => void): Promise<void> {
  try {
    await readSummary(folder);
    await readRounds(folder);
  } catch (error) {
    note(`${reasonOf(error)}; the run is finished again`);
    await rm(join(folder, SUMMARY), { force: true });
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
