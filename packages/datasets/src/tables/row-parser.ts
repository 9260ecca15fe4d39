/** Rows of a started file: the sign of decimals is found out first, then each row is encoded or rejected. */
import { featuresOf } from "@tributary/protocol";
import type { CsvRecord } from "./csv-records.ts";
import { type DecimalSign, decimalEvidence } from "./numbers.ts";
import { ownText } from "./own-text.ts";
import type { Rejection } from "./rejections.ts";
import { createRowEncoder } from "./row-encoder.ts";
import type { AmbiguousNumber, StartOptions, TableStart } from "./table-start.ts";

/** A row that is read. `features` belongs to the reader: copy what is kept. */
export type TableRow = {
  readonly line: number;
  readonly features: Float32Array;
  /** The label of the row's class, or the standardised number. */
  readonly answer: number;
  /** The text in the group's column; null where no group is asked for. */
  readonly group: string | null;
};

/** Takes the rows of a file, in order. */
export type RowSink = {
  readonly accept: (row: TableRow) => void;
  readonly reject: (rejection: Rejection) => void;
};

/** Texts that count as "other" in a category. */
export type OtherTexts = {
  readonly column: string;
  readonly count: number;
  /** Some of them, the first ones. */
  readonly texts: readonly string[];
};

/** What the rows say of their file. */
export type RowsRead = {
  /** null: no number of the file has any decimals. */
  readonly decimal: DecimalSign | null;
  readonly blankLines: number;
  readonly others: readonly OtherTexts[];
};

/** What comes of some rows. */
export type RowsOutcome =
  | { readonly outcome: "going-on" }
  | { readonly outcome: "ambiguous"; readonly examples: readonly AmbiguousNumber[] }
  | { readonly outcome: "too-many-rows" };

/** Inputs of all rows together: 1 GiB as float32. */
const MOST_INPUTS = 1 << 28;
/** Rows that are kept until a number tells the sign of decimals. */
const MOST_WAITING = 20_000;
const MOST_EXAMPLES = 5;

/** Reads rows into `sink`. Push records as they come; `end` after the last ones. */
export function createRowParser(start: TableStart, options: StartOptions, sink: RowSink) {
  const mostRows = Math.floor(MOST_INPUTS / featuresOf(options.rules));
  const evidenceIn = evidenceReader(start, options);
  const others = createOtherTally();
  const groupOf = groupReader(start.groupAt);
  let decimal = options.choices?.decimal ?? null;
  let encode = encoderWith(start, options, decimal ?? ".", others.add);
  let waiting: CsvRecord[] = [];
  let rows = 0;
  let blankLines = 0;

  const read = (record: CsvRecord): void => {
    const { line, cells } = record;
    const row = encode(record);
    if (row.outcome === "rejected") {
      const { reason, column, value } = row;
      sink.reject({ line, reason, column, value });
      return;
    }
    rows++;
    sink.accept({ line, features: row.features, answer: row.answer, group: groupOf(cells) });
  };

  const decide = (sign: DecimalSign): void => {
    decimal = sign;
    encode = encoderWith(start, options, sign, others.add);
    const kept = waiting;
    waiting = [];
    for (const record of kept) read(record);
  };

  const take = (record: CsvRecord): void => {
    if (record.fault === null && record.cells.every((cell) => cell.trim() === "")) {
      blankLines++;
      return;
    }
    const evidence = decimal === null ? evidenceIn(record) : "none";
    if (evidence === "." || evidence === ",") decide(evidence);
    // Rows keep their order: all of them wait behind an ambiguous one.
    if (evidence === "ambiguous" || waiting.length > 0) waiting.push(record);
    else read(record);
  };

  const ambiguous = (): RowsOutcome => ({
    outcome: "ambiguous",
    examples: waiting.flatMap(evidenceIn.examples).slice(0, MOST_EXAMPLES),
  });

  return {
    push(records: readonly CsvRecord[]): RowsOutcome {
      for (const record of records) take(record);
      if (waiting.length > MOST_WAITING) return ambiguous();
      return rows > mostRows ? { outcome: "too-many-rows" } : { outcome: "going-on" };
    },
    end: (): RowsOutcome => (waiting.length > 0 ? ambiguous() : { outcome: "going-on" }),
    result: (): RowsRead => ({ decimal, blankLines, others: others.result() }),
  };
}

function encoderWith(
  { mapping, header }: TableStart,
  { rules }: StartOptions,
  decimal: DecimalSign,
  onOther: (column: string, text: string) => void,
) {
  return createRowEncoder({ rules, mapping, width: header.length, decimal, onOther });
}

/** Gives what a row's numbers tell about the sign of decimals. */
function evidenceReader({ mapping, header, delimiter }: TableStart, { rules }: StartOptions) {
  const numbers = new Set(rules.columns.flatMap(({ type, name }) => (type === "number" ? [name] : [])));
  if (rules.kind === "table-regression") numbers.add(rules.target.column);
  const places = mapping.flatMap(({ column, at }) =>
    at !== null && numbers.has(column) ? [{ column, at }] : [],
  );
  const evidenceOf = (text: string) => {
    const evidence = decimalEvidence(text);
    // In a file whose commas set cells apart, a point stands before decimals.
    return evidence === "ambiguous" && delimiter === "," && !text.includes(",") ? "." : evidence;
  };
  const isWhole = ({ cells, fault }: CsvRecord) => fault === null && cells.length === header.length;

  const evidenceIn = (record: CsvRecord) => {
    if (!isWhole(record)) return "none";
    const found = places.map(({ at }) => evidenceOf((record.cells[at] ?? "").trim()));
    return (
      found.find((sign) => sign === "." || sign === ",") ?? found.find((sign) => sign !== "none") ?? "none"
    );
  };
  const examples = (record: CsvRecord): readonly AmbiguousNumber[] =>
    places.flatMap(({ column, at }) => {
      const text = (record.cells[at] ?? "").trim();
      const isExample = isWhole(record) && evidenceOf(text) === "ambiguous";
      return isExample ? [{ line: record.line, column, text: ownText(text) }] : [];
    });
  return Object.assign(evidenceIn, { examples });
}

/** Gives the text of a row's group, the same one for equal texts. */
function groupReader(at: number | null): (cells: readonly string[]) => string | null {
  const known = new Map<string, string>();
  return (cells) => {
    if (at === null) return null;
    const text = (cells[at] ?? "").trim();
    const found = known.get(text);
    if (found !== undefined) return found;
    const own = ownText(text.normalize("NFC"));
    known.set(ownText(text), own);
    return own;
  };
}

function createOtherTally() {
  const columns = new Map<string, { count: number; texts: Set<string> }>();
  return {
    add(column: string, text: string): void {
      const counted = columns.get(column) ?? { count: 0, texts: new Set<string>() };
      columns.set(column, counted);
      counted.count++;
      if (counted.texts.size < MOST_EXAMPLES && !counted.texts.has(text)) counted.texts.add(ownText(text));
    },
    result: (): readonly OtherTexts[] =>
      [...columns].map(([column, { count, texts }]) => ({ column, count, texts: [...texts] })),
  };
}
