/**
 * Finds what is wrong with a value, by path and with the value itself. TypeBox's own words for unions are vague, so
 * a union is first narrowed: to its only object, or by the tag of its objects.
 */
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { expectation } from "./expectation.ts";
import type { Problem } from "./problem.ts";
import { quote } from "./quote.ts";

const tags = ["kind", "type", "state"] as const;
const mostProblems = 20;
const mostNameLength = 80;

/** At most `most` problems, by default 20; none when the value fits. Never throws, and evaluates no code. */
export function schemaProblems(schema: TSchema, value: unknown, most = mostProblems): readonly Problem[] {
  const found: Problem[] = [];
  for (const problem of problemsAt(schema, value, "")) {
    found.push(problem);
    if (found.length === most) break;
  }
  return found;
}

/** The parts of a JSON schema that tell where to look. */
type Node = TSchema & {
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node | readonly Node[];
  readonly const?: unknown;
  readonly additionalProperties?: unknown;
};
type Found = Generator<Problem, void, undefined>;

/** Lazy: a large value with a thousand faults costs no more than the first few of them. */
function* problemsAt(schema: Node, value: unknown, path: string): Found {
  if (Value.Check(schema, value)) return;
  const { anyOf, properties, items } = schema;
  if (anyOf !== undefined) yield* unionProblems(schema, anyOf, value, path);
  else if (properties !== undefined && isRecord(value)) yield* objectProblems(schema, value, path);
  else if (isNode(items) && Array.isArray(value)) yield* arrayProblems(schema, items, value, path);
  else yield leafProblem(schema, value, path);
}

function* unionProblems(schema: Node, variants: readonly Node[], value: unknown, path: string): Found {
  if (variants.every((variant) => variant.const !== undefined)) {
    yield {
      path,
      message: oneOf(
        variants.map((variant) => variant.const),
        value,
      ),
    };
    return;
  }
  const [object, ...otherObjects] = variants.filter(({ properties }) => properties !== undefined);
  if (object === undefined || !isRecord(value)) yield leafProblem(schema, value, path);
  else if (otherObjects.length === 0) yield* problemsAt(object, value, path);
  else yield* taggedProblems(schema, variants, value, path);
}

/** The variant that the value's tag names is the one to compare with. */
function* taggedProblems(
  schema: Node,
  variants: readonly Node[],
  value: Readonly<Record<string, unknown>>,
  path: string,
): Found {
  const tag = tags.find((name) => variants.some((variant) => tagOf(variant, name) !== undefined));
  if (tag === undefined) {
    yield leafProblem(schema, value, path);
    return;
  }
  const variant = variants.find((candidate) => tagOf(candidate, tag) === value[tag]);
  if (variant !== undefined) yield* problemsAt(variant, value, path);
  else {
    const known = variants.map((candidate) => tagOf(candidate, tag));
    yield { path: `${path}/${tag}`, message: oneOf(known, value[tag]) };
  }
}

function* objectProblems(schema: Node, value: Readonly<Record<string, unknown>>, path: string): Found {
  const properties = schema.properties ?? {};
  for (const name in value) {
    const isKnown = schema.additionalProperties !== false || Object.hasOwn(properties, name);
    if (!isKnown) yield { path: below(path, name), message: "is not known here" };
  }
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) yield { path: below(path, name), message: "is missing" };
  }
  for (const [name, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, name)) yield* problemsAt(property, value[name], below(path, name));
  }
}

/** The items' own problems; where each item fits, the array's: its length, for example. */
function* arrayProblems(schema: Node, items: Node, values: readonly unknown[], path: string): Found {
  let haveAllFit = true;
  for (const [index, item] of values.entries()) {
    for (const problem of problemsAt(items, item, `${path}/${index}`)) {
      haveAllFit = false;
      yield problem;
    }
  }
  if (haveAllFit) yield leafProblem(schema, values, path);
}

function leafProblem(schema: Node, value: unknown, path: string): Problem {
  const [error] = Value.Errors(schema, value);
  const expected = error === undefined ? "must be something else" : expectation(error);
  return { path, message: `${expected}, got ${quote(value)}` };
}

function oneOf(known: readonly unknown[], value: unknown): string {
  return `must be one of ${known.map(quote).join(", ")}, got ${quote(value)}`;
}

function tagOf(variant: Node, tag: string): unknown {
  return variant.properties?.[tag]?.const;
}

/** A step of a JSON pointer. A stranger's name is cut to a length that fits a line. */
function below(path: string, name: string): string {
  const shown = name.length <= mostNameLength ? name : `${name.slice(0, mostNameLength)}...`;
  return `${path}/${shown.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNode(items: Node["items"]): items is Node {
  return items !== undefined && !Array.isArray(items);
}
