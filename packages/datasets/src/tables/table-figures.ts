/** What a sample file says of its columns, for the form that makes a task. */
import { type ByteSource, type Pieces, piecesOf, takeHead } from "./byte-pieces.ts";
import { type ColumnFigures, columnFigures, mayBeNumbers, missingTextsOf } from "./column-figures.ts";
import type { CsvRecord } from "./csv-records.ts";
import { foreignFormat } from "./foreign-formats.ts";
import { type DecimalSign, decimalEvidence } from "./numbers.ts";
import { type AmbiguousNumber, type OpenedRecords, openRecords, type TableRefusal } from "./table-start.ts";
import { createTextReader, type TextReader } from "./text-of-bytes.ts";

/** What comes of looking at a sample. */
export type FiguresReading =
  | {
      readonly outcome: "read";
      /** In the order of the file. */
      readonly columns: readonly ColumnFigures[];
      /** Texts of the sample that stand for no value. */
      readonly missingTexts: readonly string[];
      readonly decimal: DecimalSign;
      /** Rows that were looked at, with as many cells as the first one. */
      readonly rows: number;
      /** Whether those were all rows of the file. */
      readonly isWhole: boolean;
    }
  | {
      readonly outcome: "asked";
      readonly question: { readonly kind: "decimal"; readonly examples: readonly AmbiguousNumber[] };
    }
  | { readonly outcome: "refused"; readonly refusal: TableRefusal }
  | { readonly outcome: "aborted" };

const MOST_ROWS = 20_000;
const MOST_EXAMPLES = 5;

/** Looks at the first 20,000 rows of a file. `decimal` is a person's answer where numbers mean two things. */
export async function tableFigures(
  options: ByteSource & { readonly decimal?: DecimalSign },
): Promise<FiguresReading> {
  const pieces = piecesOf(options);
  try {
    const head = await takeHead(pieces);
    const format = foreignFormat(head.bytes);
    if (format !== null) return { outcome: "refused", refusal: { reason: "foreign-format", format } };
    const text = createTextReader(head.bytes);
    const sample = text.push(head.bytes) + (head.isWhole ? text.end() : "");
    const opened = openRecords(sample, head.isWhole, []);
    if (opened.outcome === "refused") return opened;
    const records = await firstRecords(opened, text, head.isWhole ? null : pieces);
    if (options.signal?.aborted === true) return { outcome: "aborted" };
    return figuresOf(opened, records, options.decimal ?? null);
  } finally {
    await pieces.return();
  }
}

type Sample = { readonly records: readonly CsvRecord[]; readonly isWhole: boolean };

/** `pieces`: what comes behind the opened records; null: nothing. */
async function firstRecords(opened: OpenedRecords, text: TextReader, pieces: Pieces | null): Promise<Sample> {
  const { header, reader } = opened;
  const isRow = ({ cells, fault }: CsvRecord) =>
    fault === null && cells.length === header.length && cells.some((cell) => cell.trim() !== "");
  let records = opened.records.filter(isRow);
  let isReadable = opened.stop === null;
  const push = (next: string, isLast: boolean): void => {
    const pushed = reader.push(next, isLast);
    records = [...records, ...pushed.records.filter(isRow)];
    isReadable = pushed.stop === null;
  };
  while (pieces !== null && isReadable && records.length <= MOST_ROWS) {
    const { done, value } = await pieces.next();
    push(done === true ? text.end() : text.push(value), done === true);
    if (done === true) break;
  }
  return { records: records.slice(0, MOST_ROWS), isWhole: isReadable && records.length <= MOST_ROWS };
}

function figuresOf(opened: OpenedRecords, sample: Sample, chosen: DecimalSign | null): FiguresReading {
  const { header, delimiter } = opened;
  const { records, isWhole } = sample;
  if (records.length === 0) return { outcome: "refused", refusal: { reason: "no-rows" } };
  const columns = header.flatMap((name, at) =>
    name === "" ? [] : [{ name, cells: records.map(({ cells }) => (cells[at] ?? "").trim()) }],
  );
  const numbers = columns.filter(({ cells }) => mayBeNumbers(cells));
  const signs = new Set(numbers.flatMap(({ cells }) => cells.map(decimalEvidence)));
  const isPoint = signs.has(".") || (signs.has("ambiguous") && delimiter === "," && !hasCommas(numbers));
  const found = isPoint ? "." : signs.has(",") ? "," : null;
  const decimal = chosen ?? found ?? (signs.has("ambiguous") ? null : ".");
  if (decimal === null)
    return { outcome: "asked", question: { kind: "decimal", examples: examplesIn(numbers, records) } };
  const figures = columns.map(({ name, cells }) => columnFigures(name, cells, decimal));
  const missing = figures.flatMap((column, at) => missingTextsOf(column, columns[at]?.cells ?? []));
  return {
    outcome: "read",
    columns: figures,
    missingTexts: [...new Set(missing)],
    decimal,
    rows: records.length,
    isWhole,
  };
}

type Cells = readonly { readonly name: string; readonly cells: readonly string[] }[];

function hasCommas(columns: Cells): boolean {
  return columns.some(({ cells }) => cells.some((cell) => cell.includes(",")));
}

function examplesIn(columns: Cells, records: readonly CsvRecord[]): readonly AmbiguousNumber[] {
  return columns
    .flatMap(({ name, cells }) =>
      cells.flatMap((text, at) =>
        decimalEvidence(text) === "ambiguous" ? [{ line: records[at]?.line ?? 0, column: name, text }] : [],
      ),
    )
    .slice(0, MOST_EXAMPLES);
}
