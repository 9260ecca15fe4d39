/** Finds the field of the form that shows each problem of a request's body. */
import { describeProblem, type Problem } from "@tributary/protocol";
import { type FormValues, pointerOf } from "./form-paths.ts";
import type { Field } from "./plan-field.ts";
import { shownFields } from "./plan-form.ts";

/** `fields`: the messages for each field, by its path. `others`: the problems that belong to no field that is shown. */
export type SortedProblems = {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly others: readonly string[];
};

export const noProblems: SortedProblems = { fields: {}, others: [] };

export function sortProblems(problems: readonly Problem[], values: FormValues): SortedProblems {
  return problemsByField(problems, shownFields(values));
}

/** The same for any form whose fields are `shown`. */
export function problemsByField(problems: readonly Problem[], shown: readonly Field[]): SortedProblems {
  const fields: Record<string, string[]> = {};
  const others: string[] = [];
  for (const problem of problems) {
    const field = fieldOf(problem.path, shown);
    if (field === undefined) others.push(describeProblem(problem));
    else fields[field.path] = [...(fields[field.path] ?? []), problem.message];
  }
  return { fields, others };
}

/** The field at the pointer, otherwise the innermost field that holds it, otherwise the first field below it. */
function fieldOf(pointer: string, fields: readonly Field[]): Field | undefined {
  const holds = (outer: string, inner: string) => outer === inner || inner.startsWith(`${outer}/`);
  const [innermost] = fields
    .filter(({ path }) => holds(pointerOf(path), pointer))
    .toSorted((a, b) => b.path.length - a.path.length);
  return innermost ?? fields.find(({ path }) => holds(pointer, pointerOf(path)));
}
