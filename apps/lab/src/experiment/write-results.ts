/** Writes table.csv, table.md and index.html of an experiment from the finished runs in its folder. */

import { join } from "node:path";
import { reasonOf } from "@tributary/platform";
import { replaceFile } from "../run/json-file.ts";
import { readImageGrid } from "./image-grid.ts";
import { experimentPage, type PageInput } from "./page.ts";
import { type FinishedRun, keyOf, readResults, tableRows } from "./results.ts";
import type { Choice } from "./run-matrix.ts";
import { tableCsv, tableMarkdown } from "./table.ts";

/** The folder in `out` that holds a folder for each run. */
export const RUNS = "runs";

/** Returns the table in Markdown. `asked`: names of the runs that were asked for. */
export async function writeResults(options: {
  readonly out: string;
  readonly choice: Choice;
  readonly asked: readonly string[];
  readonly targets: readonly number[];
  /** Called with the reason for each run, and each synthetic set, that is left out. */
  readonly note: (text: string) => void;
}): Promise<string> {
  const { out, choice, asked, targets, note } = options;
  const order = choice.preset.methods(choice.scale).map(({ name }) => name);
  const runs = await readResults(join(out, RUNS), order, note);
  const rows = tableRows(runs, targets);
  const finished = new Set(runs.map(({ folder }) => folder));
  const unfinished = asked.filter((name) => !finished.has(join(out, RUNS, name))).length;
  const markdown = tableMarkdown(rows);
  await replaceFile(join(out, "table.csv"), tableCsv(rows));
  await replaceFile(join(out, "table.md"), markdown);
  const page = experimentPage({
    title: `${choice.preset.name} at ${choice.scale.name} scale`,
    about: `${sentence(choice.preset.about)} ${sentence(choice.scale.about)}`,
    ...{ runs, rows, unfinished },
    grids: await readGrids(runs, note),
  });
  await replaceFile(join(out, "index.html"), page);
  return markdown;
}

/** The synthetic set of the first seed of each method and split. */
async function readGrids(
  runs: readonly FinishedRun[],
  note: (text: string) => void,
): Promise<PageInput["grids"]> {
  const shown = new Set<string>();
  const grids: PageInput["grids"][number][] = [];
  for (const run of runs) {
    const key = keyOf(run);
    if (shown.has(key)) continue;
    shown.add(key);
    try {
      const grid = await readImageGrid(run.folder);
      if (grid !== null) grids.push({ run, grid });
    } catch (error) {
      note(`the synthetic set in ${run.folder} is not shown: ${reasonOf(error)}`);
    }
  }
  return grids;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
