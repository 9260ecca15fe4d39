/** Between the form and the body of `POST /api/admin/runs`. The server has the last word on a plan. */
import type { CreateRunBody } from "@tributary/protocol";
import { dynafedPath, dynafedSettingsPrefix } from "./dynafed-fields.ts";
import { readField, textOf } from "./field-text.ts";
import type { Field } from "./plan-field.ts";
import { allFields } from "./plan-fields.ts";
import { strategyDefaults, strategyPath } from "./strategy-fields.ts";

/** Each field's text by its path; a check mark is "true" or "". */
export type FormValues = Readonly<Record<string, string>>;
/** What is wrong with a field, by its path. */
export type FieldProblems = Readonly<Record<string, string>>;

export type FormOutcome =
  | { readonly ok: true; readonly body: CreateRunBody }
  | { readonly ok: false; readonly problems: FieldProblems };

/** Whether the field has a meaning beside the others' values. */
export function applies({ when }: Field, values: FormValues): boolean {
  return when === undefined || values[when.path] === when.equals;
}

/** The request's body, or every field whose text cannot be read. */
export function bodyOfForm(values: FormValues): FormOutcome {
  const body: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of allFields.filter((each) => applies(each, values))) {
    const read = readField(field.input, values[field.path] ?? "");
    if (read.outcome === "unreadable") problems[field.path] = read.message;
    else place(body, field.path, read.value);
  }
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  place(body, "plan.network.classes", classCount(body));
  return { ok: true, body: body as CreateRunBody };
}

/** The reverse: a body laid out for the form. */
export function formOfBody(body: CreateRunBody): FormValues {
  return Object.fromEntries(allFields.map(({ path }) => [path, textOf(valueAt(body, path))]));
}

/**
 * The form after a change. Another strategy brings its defaults with it. DynaFed, switched on while its fields are
 * empty, takes the settings of `example`.
 */
export function changedForm(
  before: FormValues,
  path: string,
  value: string,
  example: CreateRunBody,
): FormValues {
  const after = { ...before, [path]: value };
  if (path === strategyPath) return { ...after, ...strategyDefaults(value) };
  const isFirstDynafed =
    path === dynafedPath && value === "true" && (before[`${dynafedSettingsPrefix}snapshots`] ?? "") === "";
  return isFirstDynafed ? { ...after, ...dynafedSettingsOf(example) } : after;
}

/**
 * Sorts the server's `detail` to the fields that it speaks of. It comes as clauses with "; " between them, each
 * naming its field as "/plan/cohort/size" or "cohort.size"; what names none goes to `rest`.
 */
export function problemsOfDetail(detail: string): {
  readonly problems: FieldProblems;
  readonly rest: string[];
} {
  const problems: Record<string, string> = {};
  const rest: string[] = [];
  for (const clause of detail.split("; ")) {
    const field = fieldNamedBy(clause);
    if (field === undefined) rest.push(clause);
    else problems[field.path] = [problems[field.path], clause].filter(Boolean).join("; ");
  }
  return { problems, rest };
}

/** The longest path that the clause begins with, as a pointer or with dots, with or without "plan". */
function fieldNamedBy(clause: string): Field | undefined {
  const token = /^\S*?([a-zA-Z][\w./]*)/.exec(clause)?.[1] ?? "";
  const path = token
    .replaceAll("/", ".")
    .replace(/^body\./, "")
    .replace(/^plan\./, "");
  const plain = (field: Field) => field.path.replace(/^plan\./, "");
  const fits = (field: Field) => path === plain(field) || path.startsWith(`${plain(field)}.`);
  const [longest] = allFields.filter(fits).toSorted((a, b) => b.path.length - a.path.length);
  return longest ?? (path === "network.classes" ? byPath("plan.classNames") : undefined);
}

function byPath(path: string): Field | undefined {
  return allFields.find((field) => field.path === path);
}

function dynafedSettingsOf(example: CreateRunBody): FormValues {
  const settings = Object.entries(formOfBody(example)).filter(([path]) =>
    path.startsWith(dynafedSettingsPrefix),
  );
  return Object.fromEntries(settings);
}

/** The network has one output for each class name. */
function classCount(body: object): number {
  const names = valueAt(body, "plan.classNames");
  return Array.isArray(names) ? names.length : 0;
}

function place(target: Record<string, unknown>, path: string, value: unknown): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = (target[key] ?? {}) as Record<string, unknown>;
  target[key] = inner;
  place(inner, rest.join("."), value);
}

function valueAt(body: object, path: string): unknown {
  return path.split(".").reduce<unknown>(child, body);
}

function child(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
