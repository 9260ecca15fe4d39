/** The files of a run's folder, and how they are read back. A run is finished once summary.json is there. */
import { join } from "node:path";
import { readTextIfThere } from "@tributary/platform";
import { type Static, Type } from "typebox";
import type { SimulatedRound } from "../simulation/simulated-run.ts";
import { Spent } from "./cost.ts";
import { checked, readChecked } from "./json-file.ts";

export const MANIFEST = "manifest.json";
export const SUMMARY = "summary.json";
export const CHECKPOINT = "checkpoint";

/** Every name that a run writes in its folder, the lock aside. */
export const RUN_FILES: readonly string[] = [
  ...[MANIFEST, CHECKPOINT, "rounds.csv", "refusals.csv"],
  ...["synthesis.json", "synthetic-set.bin", SUMMARY],
];

const Amount = Type.Number({ minimum: 0 });
const Accuracy = Type.Number({ minimum: 0, maximum: 1 });

/** What is read of summary.json; it has more. */
const Summary = Type.Object({
  ...{ final: Accuracy, last20Mean: Accuracy, last20Std: Amount, max: Accuracy, seconds: Amount },
  spent: Spent,
  cpuSeconds: Amount,
  /** Peak memory of the process that finished the run. */
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

/** null if the run is not finished. Throws an Error with the file's name and what is wrong if it is damaged. */
export function readSummary(folder: string): Promise<Summary | null> {
  return readChecked<Summary>(join(folder, SUMMARY), Summary);
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
  return checked(path, Rounds, rounds) as readonly SimulatedRound[];
}
