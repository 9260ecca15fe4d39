/** The beginning of a file: how its cells are set apart, its header, and which column of the task each one is. */
import { exactClassName } from "@tributary/protocol";
import {
  type ColumnChoices,
  columnMapping,
  type MappedColumn,
  repeatedNames,
  type TableRules,
  type UndecidedColumn,
} from "./column-mapping.ts";
import { type CsvDialect, type Delimiter, detectDialect } from "./csv-dialect.ts";
import { type CsvRecord, createRecordReader, type RecordStop } from "./csv-records.ts";
import type { ForeignFormat } from "./foreign-formats.ts";
import type { DecimalSign } from "./numbers.ts";

/** Why a file is not read at all. */
export type TableRefusal =
  | { readonly reason: "empty-file" | "binary" | "no-header" | "no-rows" | "too-many-rows" }
  | { readonly reason: "long-row" | "broken-quotes"; readonly line: number }
  | { readonly reason: "foreign-format"; readonly format: ForeignFormat }
  | { readonly reason: "repeated-columns"; readonly names: readonly string[] }
  | { readonly reason: "no-group-column"; readonly name: string; readonly header: readonly string[] };

/** A number that means one thing with a decimal point and another with a decimal comma. */
export type AmbiguousNumber = { readonly line: number; readonly column: string; readonly text: string };

/** What only a person can decide. The answer is one of the choices. */
export type TableQuestion =
  | {
      readonly kind: "columns";
      readonly undecided: readonly UndecidedColumn[];
      readonly unused: readonly string[];
    }
  | { readonly kind: "decimal"; readonly examples: readonly AmbiguousNumber[] };

/** What a person has decided about a file. */
export type TableChoices = { readonly columns?: ColumnChoices; readonly decimal?: DecimalSign };

/** A file that can be read row by row. */
export type TableStart = {
  readonly outcome: "started";
  readonly delimiter: Delimiter;
  readonly header: readonly string[];
  readonly mapping: readonly MappedColumn[];
  readonly unused: readonly string[];
  /** The place of the group's column; null: rows have no group. */
  readonly groupAt: number | null;
  readonly reader: ReturnType<typeof createRecordReader>;
  /** The rows of the first text, behind the header. */
  readonly records: readonly CsvRecord[];
  /** Why nothing behind `records` is readable; null: it is. */
  readonly stop: RecordStop | null;
};

/** What is known after the first text of a file. */
export type TableBeginning =
  | TableStart
  | { readonly outcome: "refused"; readonly refusal: TableRefusal }
  | {
      readonly outcome: "asked";
      readonly question: TableQuestion;
      readonly header: readonly string[];
    };

/** How a file is read. */
export type StartOptions = {
  readonly rules: TableRules;
  readonly choices?: TableChoices;
  /** A column of the file whose text is given with each row. */
  readonly group?: string;
};

/** `sample`: the file's first text, at least its header; all of it with `isWhole`. */
export function startTable(sample: string, isWhole: boolean, options: StartOptions): TableBeginning {
  const opened = openRecords(sample, isWhole, namesOf(options.rules));
  if (opened.outcome === "refused") return opened;
  const { header, ...parts } = opened;
  const { choices = {}, group } = options;
  const { mapping, undecided, unused } = columnMapping(header, options.rules, choices.columns);
  if (mapping.length === 0 && header.every((name) => /^[-+.,\d\s]*$/.test(name))) return refused("no-header");
  if (undecided.length > 0) {
    return { outcome: "asked", question: { kind: "columns", undecided, unused }, header };
  }
  const groupAt = group === undefined ? null : header.map(exactClassName).indexOf(exactClassName(group));
  if (group !== undefined && groupAt === -1) {
    return { outcome: "refused", refusal: { reason: "no-group-column", name: group, header } };
  }
  return { ...parts, outcome: "started", header, mapping, unused, groupAt };
}

function namesOf({ columns, target }: TableRules): readonly string[] {
  return [...columns.map(({ name }) => name), target.column];
}

/** A file's records behind its header. */
export type OpenedRecords = Pick<TableStart, "delimiter" | "header" | "reader" | "records" | "stop"> & {
  readonly outcome: "opened";
};

/** Finds delimiter and header, by the names that are known. A first line "sep=;" is Excel's, and decides. */
export function openRecords(
  sample: string,
  isWhole: boolean,
  names: readonly string[],
): OpenedRecords | Extract<TableBeginning, { outcome: "refused" }> {
  if (sample.trim() === "") return refused("empty-file");
  if (sample.includes("\0")) return refused("binary");
  const told = /^sep=([,;\t|])(\r\n|\n|\r)/i.exec(sample);
  const text = told === null ? sample : sample.slice(told[0].length);
  const found = detectDialect(text, names);
  const dialect: CsvDialect = told === null ? found : { ...found, delimiter: told[1] as Delimiter };
  const reader = createRecordReader(dialect, told === null ? 1 : 2);
  const { records, stop } = reader.push(text, isWhole);
  const at = records.findIndex(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  const header = records[at]?.cells.map((cell) => cell.trim());
  if (header === undefined) {
    return stop === null ? refused("no-header") : { outcome: "refused", refusal: stop };
  }
  const repeated = repeatedNames(header);
  if (repeated.length > 0) {
    return { outcome: "refused", refusal: { reason: "repeated-columns", names: repeated } };
  }
  return {
    outcome: "opened",
    delimiter: dialect.delimiter,
    header,
    reader,
    records: records.slice(at + 1),
    stop,
  };
}

function refused(reason: "empty-file" | "binary" | "no-header"): {
  readonly outcome: "refused";
  readonly refusal: TableRefusal;
} {
  return { outcome: "refused", refusal: { reason } };
}
