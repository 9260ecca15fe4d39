/** The paths of a form's fields: into the value that it makes, and as JSON pointers. */
import type { Field } from "./plan-field.ts";

/** Each field's text by its path; a check mark is "true" or "". */
export type FormValues = Readonly<Record<string, string>>;

/** Whether the field has a meaning beside the others' values. */
export function applies({ when }: Field, values: FormValues): boolean {
  return when === undefined || [when.equals].flat().includes(values[when.path] ?? "");
}

/** The JSON pointer to a field's value: "plan.rounds" -> "/plan/rounds". */
export function pointerOf(path: string): string {
  return `/${path.replaceAll(".", "/")}`;
}

/** Puts `value` at the path, with objects on the way. */
export function place(target: Record<string, unknown>, path: string, value: unknown): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = (target[key] ?? {}) as Record<string, unknown>;
  target[key] = inner;
  place(inner, rest.join("."), value);
}

/** The value at the path; undefined where there is none. */
export function valueAt(body: object, path: string): unknown {
  return path.split(".").reduce<unknown>(child, body);
}

function child(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
