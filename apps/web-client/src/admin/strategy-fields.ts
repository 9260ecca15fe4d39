/** The form's part for strategies, made from their list: a choice, and for each strategy a group with its settings. */
import { defaultSettings, type Strategy, strategies } from "@tributary/strategy";
import { choice, type Field, type FieldGroup, type FieldInput, field, onlyWhen } from "./plan-field.ts";

export const strategyPath = "plan.strategy.kind";

export const strategyField: Field = choice(
  strategyPath,
  "Strategy",
  strategies.map(({ kind, label }) => [kind, label] as const),
);

/** One group for each strategy that has settings. */
export const strategyGroups: readonly FieldGroup[] = strategies
  .map((strategy) => ({ title: strategy.label, about: strategy.description, fields: fieldsOf(strategy) }))
  .filter(({ fields }) => fields.length > 0);

/** The field itself; the choice of the strategy gets the chosen one's description as its hint. */
export function describedStrategy(field: Field, kind: string): Field {
  const chosen = strategies.find((strategy) => strategy.kind === kind);
  return field.path === strategyPath && chosen !== undefined ? { ...field, hint: chosen.description } : field;
}

/** The default settings of a strategy: the path of each field, and its text. */
export function strategyDefaults(kind: string): Readonly<Record<string, string>> {
  const defaults = Object.entries(defaultSettings(kind)).filter(([name]) => name !== "kind");
  return Object.fromEntries(
    defaults.map(([name, value]) => [pathOf(name), value === null ? "" : String(value)]),
  );
}

/** The parts of a setting's JSON schema that the form shows. */
type Property = {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly anyOf?: readonly Property[];
};

function fieldsOf({ kind, settings }: Strategy): readonly Field[] {
  const properties = Object.entries(settings.properties as Readonly<Record<string, Property>>);
  const fields = properties
    .filter(([name]) => name !== "kind")
    .map(([name, property]) =>
      field(pathOf(name), property.title ?? name, inputOf(property), property.description),
    );
  return onlyWhen({ path: strategyPath, equals: kind }, fields);
}

/** A union with null is a number that may be left empty. */
function inputOf({ type, anyOf }: Property): FieldInput {
  const number = type ?? anyOf?.find((variant) => variant.type !== "null")?.type;
  return { kind: number === "integer" ? "integer" : "real", mayBeEmpty: anyOf !== undefined };
}

function pathOf(name: string): string {
  return `plan.strategy.${name}`;
}
