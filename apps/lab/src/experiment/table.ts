/** An experiment's table as CSV and as Markdown. Pure. */
import { type Cell, formatCsv } from "@tributary/platform";
import type { Headline } from "@tributary/protocol";
import { kindOfHeadline } from "../data/headline.ts";
import { splitWords } from "../data/split.ts";
import type { Reached, Spread, TableRow } from "./results.ts";

/** Figures with all digits, accuracies 0..1. A cell is empty if there is no deviation, or no seed reaches the target. */
export function tableCsv(rows: readonly TableRow[]): string {
  const cells = rows.map(cellsOf);
  const columns = Object.keys(cells[0] ?? { split: "", method: "" });
  return formatCsv({ columns, rows: cells });
}

function cellsOf(row: TableRow): Readonly<Record<string, Cell>> {
  return {
    split: splitWords(row.split),
    method: row.method,
    seeds: row.seeds.join(" "),
    finalMean: row.final.mean,
    finalStd: row.final.std,
    last20Mean: row.last20.mean,
    last20Std: row.last20.std,
    withinRunStd: row.calm,
    bestMean: row.best.mean,
    bestStd: row.best.std,
    ...Object.fromEntries(
      row.targets.flatMap(({ target, round, seeds }) => [
        [`roundsTo${target}`, round],
        [`seedsReaching${target}`, seeds],
      ]),
    ),
    seconds: row.seconds,
    synthesisSeconds: row.synthesisSeconds,
    cpuSeconds: row.cpuSeconds,
    peakMemoryBytes: row.peakMemoryBytes,
  };
}

/** The heads of the columns, for people. */
export const tableHeads = (rows: readonly TableRow[]): readonly string[] => [
  "split",
  "method",
  "seeds",
  "final",
  "last 20 rounds",
  "within a run",
  "best",
  ...(rows[0]?.targets ?? []).map(({ target }) => `rounds to ${targetWords(target, rows[0]?.headline)}`),
  "seconds",
  "of synthesis",
  "CPU seconds",
];

function targetWords(target: number, headline: Headline = "accuracy"): string {
  return String(kindOfHeadline(headline).isShare ? Math.round(target * 1000) / 10 : target);
}

/** The row's cells for people, in the order of `tableHeads`: shares in percent. */
export function tableCells(row: TableRow): readonly string[] {
  const spreadWords = ({ mean, std }: Spread) =>
    std === null ? shown(mean) : `${shown(mean)} ± ${shown(std)}`;
  const shown = (figure: number) =>
    kindOfHeadline(row.headline).isShare ? (figure * 100).toFixed(2) : figure.toFixed(3);
  return [
    splitWords(row.split),
    row.method,
    row.seeds.join(" "),
    spreadWords(row.final),
    spreadWords(row.last20),
    shown(row.calm),
    spreadWords(row.best),
    ...row.targets.map((target) => reachedWords(target, row.seeds.length)),
    row.seconds.toFixed(0),
    row.synthesisSeconds.toFixed(0),
    row.cpuSeconds.toFixed(0),
  ];
}

/** What the columns mean. Printed below the table in both forms. */
export const tableNotes = (rows: readonly TableRow[]): string =>
  `Test ${headlineWords(rows)}: mean ± sample standard deviation over seeds. The last 20 rounds are the last half of a ` +
  "shorter run. Within a run: mean over seeds of the standard deviation of the last 20 rounds. Rounds to a target: mean over the seeds that reach it, with their number if not " +
  "all do. Seconds: time that a run spent on training, evaluation, synthesis and refining. CPU seconds: processor time " +
  "of the run, whatever else the machine did.";

/** The table with its notes. */
export function tableMarkdown(rows: readonly TableRow[]): string {
  const heads = tableHeads(rows);
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = `|${heads.map((_, at) => (at === 1 ? "---" : "---:")).join("|")}|`;
  return `${[line(heads), rule, ...rows.map((row) => line(tableCells(row)))].join("\n")}\n\n${tableNotes(rows)}\n`;
}

function headlineWords(rows: readonly TableRow[]): string {
  const { words, isShare } = kindOfHeadline(rows[0]?.headline ?? "accuracy");
  return isShare ? `${words} in %` : words;
}

function reachedWords({ round, seeds }: Reached, of: number): string {
  if (round === null) return "never";
  return seeds === of ? round.toFixed(of === 1 ? 0 : 1) : `${round.toFixed(1)} (${seeds} of ${of})`;
}
