/** From a row of a file to the network's input and the answer that it should give. */
import { featuresOf, inputsOf } from "@tributary/protocol";
import { type CellWriter, createCellWriter, missingTest, standardiser } from "./cell-writers.ts";
import type { MappedColumn, TableRules } from "./column-mapping.ts";
import type { CsvRecord } from "./csv-records.ts";
import { type DecimalSign, parseNumber } from "./numbers.ts";
import { cutValue, type RejectReason } from "./rejections.ts";
import { createTextIndex } from "./text-index.ts";

/** What becomes of a row. `features` is one array for all rows: copy what is kept. */
export type EncodedRow =
  | {
      readonly outcome: "row";
      readonly features: Float32Array;
      /** The label of the row's class, or the standardised number. */
      readonly answer: number;
    }
  | {
      readonly outcome: "rejected";
      readonly reason: RejectReason;
      readonly column: string | null;
      readonly value: string;
    };

/** How a file's rows are encoded. */
export type EncoderOptions = {
  readonly rules: TableRules;
  readonly mapping: readonly MappedColumn[];
  /** Cells of every row. */
  readonly width: number;
  readonly decimal: DecimalSign;
  /** Hears every text that counts as "other" in a category. */
  readonly onOther: (column: string, text: string) => void;
};

/** Encodes one row after the other. */
export function createRowEncoder(options: EncoderOptions): (record: CsvRecord) => EncodedRow {
  const { rules, width } = options;
  const columns = columnReaders(options);
  const target = rules.target.column;
  const targetAt = placeOf(options, target);
  const answerOf = answerReader(options);
  const features = new Float32Array(featuresOf(rules));

  return ({ cells, fault }) => {
    if (fault !== null) return { outcome: "rejected", reason: fault, column: null, value: "" };
    if (cells.length !== width) return ragged(cells.length, width);
    features.fill(0);
    for (const { name, at, input, write } of columns) {
      const text = cellAt(cells, at);
      const reason = write(text, features, input);
      if (reason !== null) return rejected(reason, name, text);
    }
    const text = cellAt(cells, targetAt);
    const answer = answerOf(text);
    if (typeof answer === "string") return rejected(answer, target, text);
    return { outcome: "row", features, answer };
  };
}

function ragged(count: number, width: number): EncodedRow {
  const cells = count === 1 ? "1 cell" : `${count} cells`;
  return { outcome: "rejected", reason: "cell-count", column: null, value: `${cells} instead of ${width}` };
}

/** A text that the file's bytes did not make is another fault than a text that fits nothing. */
function rejected(reason: RejectReason, column: string, text: string): EncodedRow {
  const isBroken = /[\0\ufffd]/.test(text);
  return { outcome: "rejected", reason: isBroken ? "broken-text" : reason, column, value: cutValue(text) };
}

function placeOf({ mapping }: EncoderOptions, column: string): number | null {
  return mapping.find((mapped) => mapped.column === column)?.at ?? null;
}

function cellAt(cells: readonly string[], at: number | null): string {
  return at === null ? "" : (cells[at] ?? "").trim();
}

type ColumnReader = {
  readonly name: string;
  /** Where the file has the column. */
  readonly at: number | null;
  /** The first of the column's inputs. */
  readonly input: number;
  readonly write: CellWriter;
};

function columnReaders(options: EncoderOptions): readonly ColumnReader[] {
  const { rules, decimal, onOther } = options;
  const isMissing = missingTest(rules.missingTexts);
  let next = 0;
  return rules.columns.map((column) => {
    const { name } = column;
    const input = next;
    next += inputsOf(column);
    const write = createCellWriter(column, { isMissing, decimal }, (text) => onOther(name, text));
    return { name, at: placeOf(options, name), input, write };
  });
}

function answerReader({ rules, decimal }: EncoderOptions): (text: string) => number | RejectReason {
  const isMissing = missingTest(rules.missingTexts);
  if (rules.kind === "table-regression") {
    const standardise = standardiser(rules.target);
    return (text) => {
      if (isMissing(text)) return "missing";
      const value = parseNumber(text, decimal);
      return typeof value === "number" ? standardise(value) : value;
    };
  }
  const labelOf = createTextIndex(
    rules.target.classes.flatMap(({ name, values }, value) =>
      (values.length > 0 ? values : [name]).map((text) => ({ text, value })),
    ),
  );
  return (text) => (isMissing(text) ? "missing" : (labelOf(text) ?? "unknown-class"));
}
