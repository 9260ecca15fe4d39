/** Between the form for a task and the definition that it makes. The server has the last word on a definition. */
import type { Column, Problem, TaskDefinition } from "@tributary/protocol";
import { readField, textOf } from "../field-text.ts";
import { applies, type FormValues, place, pointerOf, valueAt } from "../form-paths.ts";
import type { Field } from "../plan-field.ts";
import { columnFields, taskGroups } from "./task-fields.ts";

/** `columns`: how many there are; their fields' texts are among `values`. */
export type TaskForm = { readonly values: FormValues; readonly columns: number };

/** The definition as the form says it, or every field whose text cannot be read. The server checks the rest. */
export type TaskFormOutcome =
  | { readonly outcome: "definition"; readonly definition: TaskDefinition }
  | { readonly outcome: "unreadable"; readonly problems: readonly Problem[] };

/** The fields of every column, in order; none for pictures. */
export function shownColumns({ values, columns }: TaskForm): readonly (readonly Field[])[] {
  if (values.kind === "image-classification") return [];
  return Array.from({ length: columns }, (_, at) =>
    columnFields(at).filter((field) => applies(field, values)),
  );
}

/** All fields that have a meaning in this form. */
export function shownTaskFields(form: TaskForm): readonly Field[] {
  const fixed = taskGroups.flatMap(({ fields }) => fields).filter((field) => applies(field, form.values));
  return [...fixed, ...shownColumns(form).flat()];
}

export function definitionOfForm(form: TaskForm): TaskFormOutcome {
  const isOfRows = form.values.kind !== "image-classification";
  const definition: Record<string, unknown> = isOfRows
    ? { network: { kind: "mlp" }, columns: {} }
    : { picture: { resize: "area-mean" } };
  const problems: Problem[] = [];
  for (const { path, input } of shownTaskFields(form)) {
    const read = readField(input, form.values[path] ?? "");
    if (read.outcome === "unreadable") problems.push({ path: pointerOf(path), message: read.message });
    else place(definition, path, path === "target.classes" ? classesOfLines(read.value) : read.value);
  }
  if (problems.length > 0) return { outcome: "unreadable", problems };
  return { outcome: "definition", definition: tidied(definition) as TaskDefinition };
}

/** The reverse: a definition laid out for the form. */
export function formOfDefinition(definition: TaskDefinition): TaskForm {
  const columns = "columns" in definition ? definition.columns.length : 0;
  const kind = { kind: definition.kind };
  const fields = shownTaskFields({ values: { ...kind, ...typesOf(definition) }, columns });
  const values = Object.fromEntries(
    fields.map(({ path, input }) => [path, textFor(path, input, valueAt(definition, path))]),
  );
  return { values: { ...values, "network.kind": definition.network.kind }, columns };
}

/** What decides which other fields are shown. */
function typesOf(definition: TaskDefinition): FormValues {
  const types =
    "columns" in definition ? definition.columns.map(({ type }, at) => [`columns.${at}.type`, type]) : [];
  return Object.fromEntries([...types, ["network.kind", definition.network.kind]]);
}

function textFor(path: string, input: Field["input"], value: unknown): string {
  if (path === "target.classes") return linesOfClasses(value as readonly ClassValues[]);
  return input.kind === "lines" && Array.isArray(value) ? value.join("\n") : textOf(value);
}

type ClassValues = { readonly name: string; readonly values: readonly string[] };

/** "bad = 1 | yes" is the class "bad", for which files hold "1" or "yes". */
function classesOfLines(lines: unknown): readonly ClassValues[] {
  return (lines as readonly string[]).map((line) => {
    const at = line.indexOf(" = ");
    if (at < 0) return { name: line, values: [] };
    const values = line
      .slice(at + 3)
      .split(" | ")
      .map((value) => value.trim());
    return { name: line.slice(0, at).trim(), values };
  });
}

function linesOfClasses(classes: readonly ClassValues[]): string {
  return classes
    .map(({ name, values }) => (values.length === 0 ? name : `${name} = ${values.join(" | ")}`))
    .join("\n");
}

/** Objects with the keys 0, 1, ... as arrays; ranges and scales of nothing as null. */
function tidied(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, tidied(inner)] as const);
  const isOptional = (key: string, inner: unknown) =>
    (key === "range" || key === "scale") && Object.values(inner as object).every((part) => part === null);
  const kept = entries.map(([key, inner]) => [key, isOptional(key, inner) ? null : inner] as const);
  const isList = entries.every(([key], at) => key === String(at));
  return isList ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
}

/** The form after a change: another number of colours or another kind brings figures that fit it. */
export function changedTaskForm(form: TaskForm, path: string, value: string): TaskForm {
  const values = { ...form.values, [path]: value };
  if (path === "image.2") return { ...form, values: { ...values, ...scaleFor(Number(value)) } };
  if (path !== "kind") return { ...form, values };
  const headline = value === "table-regression" ? "rmse" : "accuracy";
  const network = value === "image-classification" ? "convnet" : "mlp";
  const layers = values["network.hidden"] || "64, 32";
  return {
    ...form,
    values: {
      ...values,
      "evaluation.headline": headline,
      "network.kind": network,
      "network.hidden": layers,
    },
  };
}

function scaleFor(channels: number): FormValues {
  return channels === 3
    ? { "scale.mean": "0.485, 0.456, 0.406", "scale.std": "0.229, 0.224, 0.225" }
    : { "scale.mean": "0.5", "scale.std": "0.25" };
}

/** The form with these columns instead of its own. */
export function withColumns(form: TaskForm, columns: readonly Column[]): TaskForm {
  const others = Object.entries(form.values).filter(([path]) => !path.startsWith("columns."));
  const values = columns.flatMap((column, at) => {
    const types = { [`columns.${at}.type`]: column.type };
    return columnFields(at)
      .filter((field) => applies(field, types))
      .map(({ path, input }) => [path, textFor(path, input, valueAt({ columns: { [at]: column } }, path))]);
  });
  return { values: Object.fromEntries([...others, ...values]), columns: columns.length };
}

/** The form without the column at this place; with `at` null, with one empty column more. */
export function changedColumns(form: TaskForm, at: number | null): TaskForm {
  if (at === null) {
    const path = `columns.${form.columns}`;
    const fresh = {
      [`${path}.type`]: "number",
      [`${path}.transform`]: "none",
      [`${path}.missing`]: "refuse",
    };
    return { values: { ...form.values, ...fresh }, columns: form.columns + 1 };
  }
  const moved = Object.entries(form.values).flatMap(([path, text]) => {
    const [head = "", place = "", ...rest] = path.split(".");
    if (head !== "columns" || Number(place) < at) return [[path, text]];
    return Number(place) === at ? [] : [[["columns", Number(place) - 1, ...rest].join("."), text]];
  });
  return { values: Object.fromEntries(moved), columns: form.columns - 1 };
}
