/** Between what is typed into the form and the body of `POST /api/admin/runs`. The server has the last word. */
import type { CreateRunBody } from "@tributary/protocol";
import { allFields, type Field } from "./plan-fields.ts";
import { strategyDefaults, strategyPath } from "./strategy-fields.ts";

/** path -> text; a flag is "true" or "". */
export type FormValues = Readonly<Record<string, string>>;
/** path -> what is wrong there. */
export type FieldProblems = Readonly<Record<string, string>>;

export type FormOutcome =
  | { readonly ok: true; readonly body: CreateRunBody }
  | { readonly ok: false; readonly problems: FieldProblems };

export function applies(field: Field, values: FormValues): boolean {
  return field.when === undefined || values[field.when.path] === field.when.is;
}

/** Only what is no number is refused here: ranges and relations are the server's to check. */
export function bodyOfForm(values: FormValues): FormOutcome {
  const body: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of allFields) {
    if (!applies(field, values)) continue;
    const read = readField(field, values[field.path] ?? "");
    if (read.ok) place(body, field.path.split("."), read.value);
    else problems[field.path] = read.problem;
  }
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const names = listOf(values["plan.classNames"] ?? "");
  place(body, ["plan", "network", "classes"], names.length);
  return { ok: true, body: body as CreateRunBody };
}

/** The reverse: a body laid out for the form. */
export function formOfBody(body: CreateRunBody): FormValues {
  return Object.fromEntries(
    allFields.map(({ path }) => [path, textOf(path.split(".").reduce<unknown>(child, body))]),
  );
}

/**
 * The form after a change. Another strategy brings its defaults with it, and DynaFed, switched on where its fields are
 * empty, those of `example`.
 */
export function changedForm(
  before: FormValues,
  path: string,
  value: string,
  example: CreateRunBody,
): FormValues {
  const after = { ...before, [path]: value };
  if (path === strategyPath) return { ...after, ...strategyDefaults(value) };
  if (path !== "plan.dynafed" || value !== "true") return after;
  const given = Object.entries(formOfBody(example)).filter(
    ([name]) => name.startsWith("plan.dynafed.") && (before["plan.dynafed.snapshots"] ?? "") === "",
  );
  return { ...after, ...Object.fromEntries(given) };
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

type Read = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function readField({ kind, path }: Field, text: string): Read {
  switch (kind.is) {
    case "flag":
      return { ok: true, value: text === "true" };
    case "part":
      return { ok: true, value: text === "true" ? {} : null };
    case "choice":
      return { ok: true, value: text };
    case "text":
      return readText(path, text.trim());
    case "integer":
      if (kind.mayBeEmpty && text.trim() === "") return { ok: true, value: null };
      return readNumber(text, /^-?\d+$/, "a whole number");
    case "real":
      if (kind.mayBeEmpty && text.trim() === "") return { ok: true, value: null };
      return readNumber(text, /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, "a number");
    default:
      return kind satisfies never;
  }
}

function readText(path: string, text: string): Read {
  switch (path) {
    case "plan.classNames":
      return { ok: true, value: listOf(text) };
    case "plan.network.hidden":
    case "plan.network.image": {
      const numbers = listOf(text).map(Number);
      const wrong = numbers.some((value) => !Number.isInteger(value));
      return wrong
        ? { ok: false, problem: `whole numbers with commas, not "${text}"` }
        : { ok: true, value: numbers };
    }
    default:
      return { ok: true, value: text };
  }
}

function readNumber(text: string, pattern: RegExp, expected: string): Read {
  const trimmed = text.trim();
  return pattern.test(trimmed)
    ? { ok: true, value: Number(trimmed) }
    : { ok: false, problem: `must be ${expected}, got "${trimmed}"` };
}

function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = (target[key] ?? {}) as Record<string, unknown>;
  target[key] = inner;
  place(inner, rest, value);
}

function child(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.join(", ");
  // A part of the plan that is there.
  return typeof value === "object" ? "true" : String(value);
}
