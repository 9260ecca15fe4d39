/**
 * Checks a decoded value against the messages of one direction: first the variant by its `type`, then that variant
 * alone, so that a refusal names the field and not "none of eleven variants".
 */

import type { TSchema } from "typebox";
import type { TLocalizedValidationError } from "typebox/error";

/** A way to check one schema: compiled where speed matters, interpreted where the page's CSP forbids evaluation. */
export type Checker = {
  check(value: unknown): boolean;
  errors(value: unknown): readonly TLocalizedValidationError[];
};

/** A closed union of messages, each a schema whose `type` is a literal. */
export type MessageUnion = {
  readonly anyOf: readonly (TSchema & {
    readonly properties: { readonly type: { readonly const: string } };
  })[];
};

/** Returns the check of a union's messages: null for a good one, otherwise what is wrong, by path and value. */
export function messageCheck(
  union: MessageUnion,
  checkerOf: (schema: TSchema) => Checker,
): (value: unknown) => string | null {
  const variants = new Map(
    union.anyOf.map((variant) => [variant.properties.type.const, checkerOf(variant)] as const),
  );
  return (value) => {
    if (typeof value !== "object" || value === null || !("type" in value)) {
      return `expected a message with a type, got ${quote(value)}`;
    }
    const variant = typeof value.type === "string" ? variants.get(value.type) : undefined;
    if (variant === undefined) return `/type: no message of this direction is ${quote(value.type)}`;
    return variant.check(value) ? null : firstProblem(variant.errors(value), value);
  };
}

/** At most 120 characters of a value, in the manner of JSON; binary by its length, inner levels as dots. */
export function quote(value: unknown): string {
  const text = typeof value === "object" && value !== null ? quoteObject(value) : quoteScalar(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}

/** Never touches more of the value than it shows: what is quoted may be large on purpose. */
function quoteObject(value: object): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const inner = (part: unknown) => (typeof part === "object" && part !== null ? "..." : quoteScalar(part));
  if (Array.isArray(value)) return `[${value.slice(0, 20).map(inner).join(",")}]`;
  const fields = Object.entries(value).slice(0, 20);
  return `{${fields.map(([name, part]: [string, unknown]) => `${quoteScalar(name)}:${inner(part)}`).join(",")}}`;
}

function quoteScalar(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 120)) : String(value);
}

function firstProblem(errors: readonly TLocalizedValidationError[], message: object): string {
  // "schema is false" repeats each unknown property, which "additionalProperties" names as well.
  const error = errors.find(({ keyword }) => keyword !== "boolean") ?? errors[0];
  if (error === undefined) return `expected a valid message, got ${quote(message)}`;

  const choice = error.schemaPath.indexOf("/anyOf");
  if (choice >= 0 || error.keyword === "anyOf") {
    const path = error.schemaPath.slice(1, choice < 0 ? undefined : choice).replaceAll("/properties/", "/");
    return `${path}: fits none of its variants: ${quote(valueAt(message, path))}`;
  }
  const where = error.instancePath === "" ? "" : `${error.instancePath}: `;
  if (error.keyword === "additionalProperties") {
    return `${where}unknown ${error.params.additionalProperties.map(quote).join(", ")}`;
  }
  if (error.keyword === "required") return `${where}missing ${error.params.requiredProperties.join(", ")}`;
  const what = error.keyword === "~refine" ? "expected binary" : error.message;
  return `${where}${what}, got ${quote(valueAt(message, error.instancePath))}`;
}

/** The value under a JSON pointer. */
function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const name of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return value;
}
