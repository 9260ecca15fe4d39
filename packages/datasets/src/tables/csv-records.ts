/**
 * Rows of a CSV file from its text, piece by piece, each with the line on which it begins. A quote that is not doubled or
 * never closed costs its own line only: reading goes on with the next one.
 */
import papa from "papaparse";
import type { CsvDialect } from "./csv-dialect.ts";

/** One row of a file. `line` counts from 1, line ends within quotes too. */
export type CsvRecord = {
  readonly line: number;
  readonly cells: readonly string[];
  readonly fault: "stray-quote" | "unclosed-quote" | null;
};

/** Why a file is not read to its end. */
export type RecordStop = { readonly reason: "long-row" | "broken-quotes"; readonly line: number };

/** `stop` not null: nothing behind the records is readable. */
export type CsvRecords = { readonly records: readonly CsvRecord[]; readonly stop: RecordStop | null };

/** Characters of the longest row. */
const MOST_ROW_LENGTH = 1 << 18;
/** So many times, and once more every so many lines, a part is read again because a quote before it was wrong. */
const RESUMPTIONS = { free: 100, lines: 200 };

/** `firstLine`: the line on which the text begins. Push pieces of up to some 100,000 characters, the last one with `isLast`. */
export function createRecordReader(
  dialect: CsvDialect,
  firstLine: number,
): { push(text: string, isLast: boolean): CsvRecords } {
  const { newline } = dialect;
  const parser = new papa.Parser(dialect);
  let rest = "";
  /** The line of the first character of `rest`. */
  let line = firstLine;
  let resumptions = 0;

  /** Goes on behind the line that holds `index`; false where there is none. */
  const resumeBehind = (index: number): boolean => {
    const end = rest.indexOf(newline, index);
    if (end < 0) return false;
    line += countOf(newline, rest.slice(0, end + 1));
    rest = rest.slice(end + 1);
    resumptions++;
    return true;
  };

  /** Takes what `rest` holds; "again" where a part of it must be read again. */
  const take = (records: CsvRecord[], isLast: boolean): "done" | "again" | "long-row" => {
    const { data: rows, errors, meta } = parser.parse(rest, 0, !isLast);
    // Behind the last line end there is no row.
    const data = isLast && rows.at(-1)?.join() === "" ? rows.slice(0, -1) : rows;
    const hasQuotes = rest.includes('"');
    let next = line;
    for (const [row, cells] of data.entries()) {
      const error = hasQuotes ? errors.find((found) => found.row === row) : undefined;
      const lines = hasQuotes ? cells.reduce((sum, cell) => sum + countOf(newline, cell), 1) : 1;
      records.push({ line: next, cells, fault: error === undefined ? null : faults[error.code] });
      if (error !== undefined && lines > 1 && resumeBehind(error.index)) return "again";
      next += lines;
    }
    rest = isLast ? "" : rest.slice(meta.cursor);
    line = next;
    if (rest.length <= MOST_ROW_LENGTH) return "done";
    records.push({ line, cells: [], fault: "unclosed-quote" });
    return rest.includes('"') && resumeBehind(0) ? "again" : "long-row";
  };

  return {
    push(text, isLast) {
      rest += text;
      const records: CsvRecord[] = [];
      for (;;) {
        const outcome = take(records, isLast);
        if (outcome === "done") return { records, stop: null };
        if (outcome === "long-row") return { records: records.slice(0, -1), stop: { reason: outcome, line } };
        if (resumptions > RESUMPTIONS.free + line / RESUMPTIONS.lines)
          return { records, stop: { reason: "broken-quotes", line } };
      }
    },
  };
}

const faults = { InvalidQuotes: "stray-quote", MissingQuotes: "unclosed-quote" } as const;

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}
