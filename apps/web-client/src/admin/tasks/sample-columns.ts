/** What a sample file suggests for a task's form: its columns, and the one that is predicted. */
import {
  type FiguresReading,
  suggestedClassTarget,
  suggestedColumn,
  suggestedNumberTarget,
} from "@tributary/datasets/tables";
import type { FormValues } from "../form-paths.ts";
import { type TaskForm, withColumns } from "./task-form.ts";

export type Sample = Extract<FiguresReading, { outcome: "read" }>;

/** Names of the sample's columns that can be the answer of this kind of task. */
export function possibleTargets({ columns }: Sample, kind: string): readonly string[] {
  const suggest = kind === "table-regression" ? suggestedNumberTarget : suggestedClassTarget;
  return columns.filter((column) => suggest(column) !== null).map(({ name }) => name);
}

/** The form with the sample's columns, and with `target` as what is predicted. Columns of free text are not used. */
export function filledForm(form: TaskForm, sample: Sample, target: string): TaskForm {
  const others = sample.columns.filter(({ name }) => name !== target);
  const columns = others.map(suggestedColumn).filter((column) => column !== null);
  const filled = withColumns(form, columns);
  const missing = { missingTexts: sample.missingTexts.join("\n") };
  return { ...filled, values: { ...filled.values, ...missing, ...targetValues(form, sample, target) } };
}

/** Names of columns that hold free text, which no network here reads. */
export function unusedColumns({ columns }: Sample, target: string): readonly string[] {
  return columns
    .filter((column) => column.name !== target && suggestedColumn(column) === null)
    .map(({ name }) => name);
}

function targetValues({ values: { kind } }: TaskForm, { columns }: Sample, target: string): FormValues {
  const column = columns.find(({ name }) => name === target);
  if (column === undefined) return {};
  if (kind === "table-regression") {
    const scale = suggestedNumberTarget(column)?.scale ?? null;
    return {
      "target.column": target,
      "target.range.0": "",
      "target.range.1": "",
      "target.scale.mean": String(scale?.mean ?? ""),
      "target.scale.std": String(scale?.std ?? ""),
    };
  }
  const classes = suggestedClassTarget(column)?.classes ?? [];
  return { "target.column": target, "target.classes": classes.map(({ name }) => name).join("\n") };
}
