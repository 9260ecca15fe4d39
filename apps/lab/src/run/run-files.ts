/** The files of a run's folder, and how they are read back. A run is finished once summary.json is there. */
import { join } from "node:path";
import { readTextIfThere } from "@tributary/platform";
import { type Static, Type } from "typebox";
import { HEADLINES } from "../data/headline.ts";
import { ClassificationRows, RegressionRows, type RoundRow } from "../simulation/round-rows.ts";
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
/** What is read of summary.json; it has more. The figures are the task's headline's, as `RunFigures` has them. */
const Summary = Type.Object({
  ...{
    final: Type.Number(),
    last20Mean: Type.Number(),
    last20Std: Amount,
    best: Type.Number(),
    seconds: Amount,
  },
  headline: Type.Enum([...HEADLINES]),
  spent: Spent,
  cpuSeconds: Amount,
  /** Peak memory of the process that finished the run. */
  peakMemoryBytes: Amount,
});
export type Summary = Readonly<Static<typeof Summary>>;

/** null if the run is not finished. Throws an Error with the file's name and what is wrong if it is damaged. */
export function readSummary(folder: string): Promise<Summary | null> {
  return readChecked<Summary>(join(folder, SUMMARY), Summary);
}

/** The rows of rounds.csv, as far as the run has come. Throws as `readSummary` does. */
export async function readRounds(folder: string): Promise<readonly RoundRow[]> {
  const path = join(folder, "rounds.csv");
  const text = await readTextIfThere(path);
  const [head = "", ...lines] = (text ?? "").split("\r\n").filter((line) => line !== "");
  const columns = head.split(",");
  const rounds = lines.map((line) => {
    const cells = line.split(",").map((cell) => (cell === "" ? null : Number(cell)));
    return Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? null]));
  });
  const schema = columns.includes("rmse") ? RegressionRows : ClassificationRows;
  return checked(path, schema, rounds) as readonly RoundRow[];
}
