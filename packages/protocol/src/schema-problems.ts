/**
 * Says what is wrong with a value, by path and with the value itself. TypeBox's own words for unions are vague,
 * so a union is first narrowed: to its only object, or by the tag of its objects.
 */
import type { TSchema } from "typebox";
import { Value } from "typebox/value";

const tags = ["kind", "type", "state"] as const;
const mostProblems = 20;

/** Empty when `value` fits `schema`. Otherwise lines such as `/plan/rounds must be >= 1, got 0`. */
export function schemaProblems(schema: TSchema, value: unknown): readonly string[] {
  return Value.Check(schema, value) ? [] : problemsAt(schema, value, "").slice(0, mostProblems);
}

/** At most 80 characters of the value as JSON. */
export function quoted(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

type Node = TSchema & {
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node | readonly Node[];
  readonly const?: unknown;
  readonly additionalProperties?: unknown;
};

function problemsAt(schema: Node, value: unknown, path: string): readonly string[] {
  if (Value.Check(schema, value)) return [];
  if (schema.anyOf !== undefined) return unionProblems(schema, schema.anyOf, value, path);
  if (schema.properties !== undefined && isRecord(value)) return objectProblems(schema, value, path);
  const { items } = schema;
  if (isNode(items) && Array.isArray(value)) {
    const values: readonly unknown[] = value;
    const within = values.flatMap((item, index) => problemsAt(items, item, `${path}/${index}`));
    if (within.length > 0) return within;
  }
  return leafProblems(schema, value, path);
}

function unionProblems(schema: Node, variants: readonly Node[], value: unknown, path: string) {
  const objects = variants.filter(({ properties }) => properties !== undefined);
  if (objects[0] !== undefined && objects.length === 1 && isRecord(value))
    return problemsAt(objects[0], value, path);
  const tag = tags.find((name) =>
    variants.some((variant) => variant.properties?.[name]?.const !== undefined),
  );
  if (variants.every((variant) => variant.const !== undefined)) {
    const known = variants.map((variant) => quoted(variant.const)).join(", ");
    return [`${path} must be one of ${known}, got ${quoted(value)}`];
  }
  if (tag === undefined || !isRecord(value)) return leafProblems(schema, value, path);
  const variant = variants.find((candidate) => candidate.properties?.[tag]?.const === value[tag]);
  if (variant !== undefined) return problemsAt(variant, value, path);
  const names = variants.map((candidate) => quoted(candidate.properties?.[tag]?.const));
  return [`${path}/${tag} must be one of ${names.join(", ")}, got ${quoted(value[tag])}`];
}

function objectProblems(schema: Node, value: Readonly<Record<string, unknown>>, path: string) {
  const properties = schema.properties ?? {};
  const unknown = Object.keys(value)
    .filter((name) => schema.additionalProperties === false && !Object.hasOwn(properties, name))
    .map((name) => `${path}/${name} is not known here`);
  const missing = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${path}/${name} is missing`);
  const within = Object.entries(properties)
    .filter(([name]) => Object.hasOwn(value, name))
    .flatMap(([name, property]) => problemsAt(property, value[name], `${path}/${name}`));
  return [...unknown, ...missing, ...within];
}

function leafProblems(schema: Node, value: unknown, path: string): readonly string[] {
  const message = Value.Errors(schema, value)[0]?.message ?? "is wrong";
  return [`${path === "" ? "the value" : path} ${message}, got ${quoted(value)}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNode(items: Node["items"]): items is Node {
  return items !== undefined && !Array.isArray(items);
}
