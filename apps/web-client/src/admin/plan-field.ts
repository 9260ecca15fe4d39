/** What one field of the plan's form is: where its value goes, its words, and what may be typed or chosen. */

export type FieldInput =
  /** `mayBeEmpty`: an empty field means null. */
  | { readonly kind: "integer" | "real"; readonly mayBeEmpty?: boolean }
  | { readonly kind: "text" }
  /** Several lines of prose. */
  | { readonly kind: "long-text" }
  /** A list of texts, one a line. */
  | { readonly kind: "lines" }
  /** Whole numbers with commas between them. */
  | { readonly kind: "integers" }
  /** Numbers with commas between them. */
  | { readonly kind: "reals" }
  | { readonly kind: "flag" }
  /** An object of the plan that can be left out: checked, it has the fields below its path; unchecked, it is null. */
  | { readonly kind: "part" }
  /** `isNumber`: the value is the number that the choice's text is. */
  | { readonly kind: "choice"; readonly choices: readonly Choice[]; readonly isNumber?: boolean };

export type Choice = readonly [value: string, label: string];

/** The field is shown, and sent, only while the field at `path` holds the text `equals`, or one of them. */
export type Condition = { readonly path: string; readonly equals: string | readonly string[] };

/** `path`: where the value goes in the request's body, with dots: "plan.cohort.size". */
export type Field = {
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  readonly input: FieldInput;
  readonly when?: Condition;
};

export type FieldGroup = {
  readonly title: string;
  readonly about: string;
  readonly fields: readonly Field[];
};

export function integer(path: string, label: string, hint?: string): Field {
  return field(path, label, { kind: "integer" }, hint);
}

export function real(path: string, label: string, hint?: string): Field {
  return field(path, label, { kind: "real" }, hint);
}

export function choice(path: string, label: string, choices: readonly Choice[]): Field {
  return field(path, label, { kind: "choice", choices });
}

export function field(path: string, label: string, input: FieldInput, hint?: string): Field {
  return { path, label, input, ...(hint === undefined ? {} : { hint }) };
}

/** The same fields, each under the condition. */
export function onlyWhen(when: Condition, fields: readonly Field[]): readonly Field[] {
  return fields.map((each) => ({ ...each, when }));
}
