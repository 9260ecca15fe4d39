/** The first rows of a table as the network sees them, with the names of its inputs. */
import type { RowDataset, ValueRowDataset } from "@tributary/model";
import { type Column, inputsOf, type TableTask } from "@tributary/protocol";

/** `rows`: the network's inputs, and last the answer. `titles` names them. */
export type RowPreview = {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

const MOST_ROWS = 8;

export function rowPreview(task: TableTask, dataset: RowDataset | ValueRowDataset): RowPreview {
  const { features, rows } = dataset;
  const shown = Math.min(dataset.count, MOST_ROWS);
  return {
    titles: [...inputNames(task.columns), task.target.column],
    rows: Array.from({ length: shown }, (_, row) => [
      ...Array.from(rows.subarray(row * features, (row + 1) * features), inputText),
      answerText(task, dataset, row),
    ]),
  };
}

/** The name of every input that the columns make, in the network's order. */
export function inputNames(columns: readonly Column[]): readonly string[] {
  return columns.flatMap((column) => {
    const { name } = column;
    if (column.type !== "category") return inputsOf(column) === 2 ? [name, `${name} is empty`] : [name];
    const named = column.categories.map((category) => `${name} = ${category}`);
    return inputsOf(column) > named.length ? [...named, `${name} = other`] : named;
  });
}

/** An empty cell without a mean yet is NaN until the volunteers' figures give one. */
function inputText(value: number): string {
  return Number.isNaN(value) ? "empty" : String(Number(value.toFixed(3)));
}

function answerText(task: TableTask, dataset: RowDataset | ValueRowDataset, row: number): string {
  if (dataset.kind === "value-rows") {
    const value = dataset.values[row] as number;
    const { target } = task;
    if (!("scale" in target) || target.scale === null) return inputText(value);
    const own = value * target.scale.std + target.scale.mean;
    return `${Number(own.toPrecision(6))} ${target.unit}`.trim();
  }
  const label = dataset.labels[row] as number;
  return "classes" in task.target ? (task.target.classes[label]?.name ?? String(label)) : String(label);
}
