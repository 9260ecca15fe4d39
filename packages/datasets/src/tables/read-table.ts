/** A table as a data set: its rows as the network sees them, and all that a person should know about them. */
import type { RowDataset, ValueRowDataset } from "@tributary/model";
import { featuresOf } from "@tributary/protocol";
import type { TableRules } from "./column-mapping.ts";
import { growingBytes, growingFloats } from "./growing-array.ts";
import { type RowsReading, readRows, type TableFile, type TableOptions } from "./read-rows.ts";
import { type Rejections, rejectionTally } from "./rejections.ts";
import type { RowSink } from "./row-parser.ts";

/** A table that is read. It may hold no row, if all are left out. */
export type TableRead = {
  readonly outcome: "read";
  readonly dataset: RowDataset | ValueRowDataset;
  /** The group of each row; null where no group was asked for. */
  readonly groups: readonly string[] | null;
  readonly rejections: Rejections;
  readonly file: TableFile;
};

/** What comes of reading a table. */
export type TableReading = TableRead | Exclude<RowsReading, { outcome: "read" }>;

/**
 * Reads a file of the task's `rules` into memory: 4 bytes for each input of each row. A column without figures is brought to
 * -1..1 by its range, and its missing values are NaN, until `rescaled` gives it figures.
 */
export async function readTable(options: TableOptions): Promise<TableReading> {
  const { rules, group } = options;
  const rejected = rejectionTally();
  const collected = createCollector(rules, group !== undefined);
  const reading = await readRows(options, { accept: collected.accept, reject: rejected.add });
  if (reading.outcome !== "read") return reading;
  const { outcome, ...file } = reading;
  return { outcome, ...collected.take(), rejections: rejected.result(), file };
}

function createCollector(rules: TableRules, hasGroups: boolean) {
  const rows = growingFloats();
  const labels = growingBytes();
  const values = growingFloats();
  const answers = rules.kind === "table-regression" ? values : labels;
  const groups: string[] = [];
  let count = 0;
  const accept: RowSink["accept"] = ({ features, answer, group }) => {
    rows.push(features);
    answers.push([answer]);
    if (group !== null) groups.push(group);
    count++;
  };
  const dataset = (): RowDataset | ValueRowDataset => {
    const common = { features: featuresOf(rules), count, rows: rows.take() };
    if (rules.kind === "table-regression") return { kind: "value-rows", ...common, values: values.take() };
    return { kind: "rows", ...common, classes: rules.target.classes.length, labels: labels.take() };
  };
  return { accept, take: () => ({ dataset: dataset(), groups: hasGroups ? groups : null }) };
}
