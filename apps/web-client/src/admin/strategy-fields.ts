/** The form's part for strategies, made from their list: a choice, and for each one a group with its settings. */
import { defaultSettings, findStrategy, type Strategy, strategies } from "@tributary/strategy";
import type { Field, FieldGroup, FieldKind } from "./plan-fields.ts";

export const strategyPath = "plan.strategy.kind";

export const strategyField: Field = {
  path: strategyPath,
  label: "Strategy",
  kind: { is: "choice", choices: strategies.map(({ kind, label }) => [kind, label]) },
};

/** One group for each strategy that has settings. */
export const strategyGroups: readonly FieldGroup[] = strategies
  .map((strategy) => ({ title: strategy.label, about: strategy.description, fields: fieldsOf(strategy) }))
  .filter(({ fields }) => fields.length > 0);

/** The strategy's own description as the choice's hint. */
export function describedStrategy(field: Field, kind: string): Field {
  const chosen = strategies.find((strategy) => strategy.kind === kind);
  return field.path === strategyPath && chosen !== undefined ? { ...field, hint: chosen.description } : field;
}

/** The defaults of a strategy's settings by the path of their field, as they stand in the form. */
export function strategyDefaults(kind: string): Readonly<Record<string, string>> {
  const defaults = Object.entries(defaultSettings(kind)).filter(([name]) => name !== "kind");
  return Object.fromEntries(
    defaults.map(([name, value]) => [pathOf(name), value === null ? "" : String(value)]),
  );
}

/** "SCAFFOLD", or "SCAFFOLD and DynaFed". */
export function strategyWords(plan: {
  readonly strategy: { readonly kind: string };
  readonly dynafed: object | null;
}): string {
  const { label } = findStrategy(plan.strategy.kind);
  return plan.dynafed === null ? label : `${label} and DynaFed`;
}

type Property = {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly anyOf?: readonly Property[];
};

function fieldsOf({ kind, settings }: Strategy): readonly Field[] {
  const properties = Object.entries(settings.properties as Readonly<Record<string, Property>>);
  return properties
    .filter(([name]) => name !== "kind")
    .map(([name, property]) => ({
      path: pathOf(name),
      label: property.title ?? name,
      ...(property.description === undefined ? {} : { hint: property.description }),
      kind: fieldKind(property),
      when: { path: strategyPath, is: kind },
    }));
}

/** A union with null is a number that may be left empty. */
function fieldKind({ type, anyOf }: Property): FieldKind {
  const number = type ?? anyOf?.find((variant) => variant.type !== "null")?.type;
  const mayBeEmpty = anyOf !== undefined;
  return number === "integer" ? { is: "integer", mayBeEmpty } : { is: "real", mayBeEmpty };
}

function pathOf(name: string): string {
  return `plan.strategy.${name}`;
}
