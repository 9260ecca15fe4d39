/** How a CSV file sets its cells apart: found from its first rows. */

import { exactClassName } from "@tributary/protocol";
import papa from "papaparse";

/** What stands between two cells. */
export type Delimiter = "," | ";" | "\t" | "|";

/** How rows and cells are set apart. With "\n", a "\r" before it is space at the end of the last cell. */
export type CsvDialect = { readonly delimiter: Delimiter; readonly newline: "\n" | "\r" };

/** The comma last: where it fits as well as another, it is the sign of decimals. */
const delimiters: readonly Delimiter[] = ["\t", ";", "|", ","];
const SAMPLE_ROWS = 50;

/**
 * The delimiter that sets apart the most of the columns that are known by `names`, then the one under which most rows have as
 * many cells as the first, then the one with the most cells. `sample`: the first text of a file, at least its first row.
 */
export function detectDialect(sample: string, names: readonly string[]): CsvDialect {
  const newline = sample.includes("\r") && !sample.includes("\n") ? "\r" : "\n";
  const wanted = new Set(names.map(exactClassName));
  const scored = delimiters.map((delimiter) => ({
    delimiter,
    score: scoreOf(sample, { delimiter, newline }, wanted),
  }));
  const best = scored.reduce((one, other) => (isHigher(other.score, one.score) ? other : one));
  const delimiter = best.score.every((part) => part === 0) ? "," : best.delimiter;
  return { delimiter, newline };
}

/** Most important part first. */
type Score = readonly number[];

function scoreOf(sample: string, dialect: CsvDialect, wanted: ReadonlySet<string>): Score {
  const parser = new papa.Parser({ ...dialect, preview: SAMPLE_ROWS });
  // The last row of a sample may be cut.
  const whole = parser.parse(sample, 0, true).data;
  const rows = whole.length > 0 ? whole : parser.parse(sample, 0, false).data;
  const [header = [], ...others] = rows.filter((row) => row.some((cell) => cell.trim() !== ""));
  if (header.length < 2) return [0, 0, 0];
  const known = header.filter((name) => wanted.has(exactClassName(name))).length;
  const alike = others.filter((row) => row.length === header.length).length;
  return [known, others.length === 0 ? 1 : alike / others.length, header.length];
}

function isHigher(one: Score, other: Score): boolean {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
}
