/**
 * The files of one run: manifest.json, rounds.csv, checkpoint/, synthesis.json and synthetic-set.bin once there is a
 * set, and summary.json when it is finished, which is written last.
 */

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkpointProblem } from "@tributary/model";
import { readTextIfThere, reasonOf } from "@tributary/platform";
import { describeProblem, schemaProblems } from "@tributary/protocol";
import { type Static, type TSchema, Type } from "typebox";
import { resultFiles, roundsCsv, summarize } from "../simulation/result-files.ts";
import type { SimulatedRound, SimulationCheckpoint, SimulationResult } from "../simulation/simulation.ts";
import {
  type CheckpointFolder,
  DamagedCheckpoint,
  openCheckpointFolder,
  replaceFile,
} from "./checkpoint-folder.ts";
import { type Manifest, ManifestOutline, manifestDifferences } from "./manifest.ts";

const SUMMARY = "summary.json";

const Amount = Type.Number({ minimum: 0 });

/** Seconds of a run's own work, by what it was spent on. */
const Spent = Type.Object({ train: Amount, evaluate: Amount, synthesize: Amount, refine: Amount });
export type Spent = Readonly<Static<typeof Spent>>;

/** What a run has cost so far. */
export type Cost = {
  readonly spent: Spent;
  /** Of its processor, all threads together: what it would cost on a machine that does nothing else. */
  readonly cpuSeconds: number;
};

export type RunCheckpoint = Cost & { readonly simulation: SimulationCheckpoint };

const Accuracy = Type.Number({ minimum: 0, maximum: 1 });
const Summary = Type.Object({
  ...{ final: Accuracy, last20Mean: Accuracy, last20Std: Amount, max: Accuracy, seconds: Amount },
  spent: Spent,
  cpuSeconds: Amount,
  /** Of the process that finished the run. */
  peakMemoryBytes: Amount,
});
export type Summary = Readonly<Static<typeof Summary>>;

const Count = Type.Integer({ minimum: 0 });
const Rounds = Type.Array(
  Type.Object({
    ...{ round: Type.Integer({ minimum: 1 }), participants: Count, accuracyAggregate: Accuracy },
    ...{ accuracyRefined: Type.Union([Accuracy, Type.Null()]), accuracy: Accuracy },
    ...{ loss: Type.Union([Amount, Type.Null()]), bytesUp: Count, bytesDown: Count },
  }),
);

/** The folder holds a run of another configuration. */
export class OtherConfiguration extends Error {}

export type RunFolder = {
  /** What the run goes on from; null: from its start. `note` hears of a checkpoint that had to be thrown away. */
  open(manifest: Manifest, note: (text: string) => void): Promise<RunCheckpoint | null>;
  keep(checkpoint: RunCheckpoint): Promise<void>;
  finish(result: SimulationResult, cost: Cost, backend: string): Promise<void>;
};

export function openRunFolder(folder: string): RunFolder {
  const checkpoints: CheckpointFolder = openCheckpointFolder(join(folder, "checkpoint"));
  return {
    async open(manifest, note) {
      await mkdir(folder, { recursive: true });
      const found = await readManifest(folder).catch((error: Error) => {
        throw new OtherConfiguration(`${error.message}. Delete ${folder}, or name another --out.`);
      });
      const other = found === null ? [] : manifestDifferences(found, manifest);
      if (other.length > 0) {
        const list = other.join("; ");
        throw new OtherConfiguration(
          `${folder} holds another run: ${list}. Delete it, or name another --out.`,
        );
      }
      const checkpoint = await readCheckpoint(folder, checkpoints, note);
      await dropDamagedSummary(folder, note);
      await replaceFile(join(folder, "manifest.json"), json(manifest));
      return checkpoint;
    },
    async keep(checkpoint) {
      await checkpoints.write(checkpoint);
      await replaceFile(join(folder, "rounds.csv"), roundsCsv(checkpoint.simulation.rounds));
    },
    async finish(result, cost, backend) {
      const { spent } = cost;
      const seconds = spent.train + spent.evaluate + spent.synthesize + spent.refine;
      for (const { name, content } of resultFiles(result, { seconds, backend })) {
        if (name !== SUMMARY) await replaceFile(join(folder, name), content);
      }
      // A run counts as finished once this is there.
      const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
      const summary: Summary = { ...summarize(result.rounds, seconds), ...cost, peakMemoryBytes };
      await replaceFile(join(folder, SUMMARY), json(summary));
    },
  };
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
    await rm(join(folder, "checkpoint"), { recursive: true, force: true });
    await rm(join(folder, SUMMARY), { force: true });
    return null;
  }
}

/** An older version's synthesis under way cannot be gone on from: it starts again, the rounds before it stay. */
function fromReadable(checkpoint: RunCheckpoint | null, folder: string, note: (text: string) => void) {
  const synthesizing = checkpoint?.simulation.synthesizing ?? null;
  const problem = synthesizing && checkpointProblem(synthesizing);
  if (checkpoint === null || problem === null) return checkpoint;
  note(`the synthesis under way in ${folder}: ${problem}; it starts again`);
  return { ...checkpoint, simulation: { ...checkpoint.simulation, synthesizing: null } };
}

/** A summary, or one whose rounds are damaged: both are written anew where the run is finished again. */
async function dropDamagedSummary(folder: string, note: (text: string) => void): Promise<void> {
  try {
    await readSummary(folder);
    await readRounds(folder);
  } catch (error) {
    note(`${reasonOf(error)}; the run is finished anew`);
    await rm(join(folder, SUMMARY), { force: true });
  }
}

/** null where the run is not finished. Throws, with the file's name and what is wrong, where it is not what was written. */
export function readSummary(folder: string): Promise<Summary | null> {
  return readChecked<Summary>(join(folder, SUMMARY), Summary);
}

/** null where nothing has begun. Throws as `readSummary` does. */
export function readManifest(folder: string): Promise<Manifest | null> {
  return readChecked<Manifest>(join(folder, "manifest.json"), ManifestOutline);
}

/** null where there is no such file. Throws, with the file's name and the first problem, where it does not fit. */
export async function readChecked<Value>(path: string, schema: TSchema): Promise<Value | null> {
  const text = await readTextIfThere(path);
  if (text === null) return null;
  const value = parseJson(text);
  const [problem] = schemaProblems(schema, value);
  if (problem !== undefined) throw new Error(`${path} is damaged: ${describeProblem(problem)}`);
  return value as Value;
}

/** The rows of rounds.csv, as far as the run has come. Throws as `readSummary` does. */
export async function readRounds(folder: string): Promise<readonly SimulatedRound[]> {
  const path = join(folder, "rounds.csv");
  const text = await readTextIfThere(path);
  const [head = "", ...lines] = (text ?? "").split("\r\n").filter((line) => line !== "");
  const columns = head.split(",");
  const rounds = lines.map((line) => {
    const cells = line.split(",").map((cell) => (cell === "" ? null : Number(cell)));
    return Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? null]));
  });
  const [problem] = schemaProblems(Rounds, rounds);
  if (problem !== undefined) throw new Error(`${path} is damaged: ${describeProblem(problem)}`);
  return rounds as unknown as readonly SimulatedRound[];
}

/** undefined where it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
