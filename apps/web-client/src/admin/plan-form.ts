/** Between the form and the body of `POST /api/admin/runs`. The server has the last word on a plan. */
import type { CreateRunBody, Problem } from "@tributary/protocol";
import { dynafedPath, dynafedSettingsPrefix } from "./dynafed-fields.ts";
import { readField, textOf } from "./field-text.ts";
import { applies, type FormValues, place, pointerOf, valueAt } from "./form-paths.ts";
import type { Field } from "./plan-field.ts";
import { allFields } from "./plan-fields.ts";
import { strategyDefaults, strategyPath } from "./strategy-fields.ts";

export type FormOutcome =
  | { readonly ok: true; readonly body: CreateRunBody }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function shownFields(values: FormValues): readonly Field[] {
  return allFields.filter((field) => applies(field, values));
}

/** The request's body, or every field whose text cannot be read. */
export function bodyOfForm(values: FormValues): FormOutcome {
  const body: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const { path, input } of shownFields(values)) {
    const read = readField(input, values[path] ?? "");
    if (read.outcome === "unreadable") problems.push({ path: pointerOf(path), message: read.message });
    else place(body, path, read.value);
  }
  if (problems.length > 0) return { ok: false, problems };
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

function dynafedSettingsOf(example: CreateRunBody): FormValues {
  const settings = Object.entries(formOfBody(example)).filter(([path]) =>
    path.startsWith(dynafedSettingsPrefix),
  );
  return Object.fromEntries(settings);
}
