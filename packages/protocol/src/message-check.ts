/**
 * Checks a decoded value against the messages of one direction: first the variant by its `type`, then that variant
 * alone, so that a refusal names the field and not "none of eleven variants".
 */
import type { TSchema } from "typebox";
import type { Problem } from "./problem.ts";
import { quote } from "./quote.ts";
import { schemaProblems } from "./schema-problems.ts";

/** Compiled where speed matters, interpreted where the page's content security policy forbids evaluation. */
export type Check = (value: unknown) => boolean;

/** A closed union of messages, each a schema whose `type` is a literal. */
export type MessageUnion = {
  readonly anyOf: readonly (TSchema & {
    readonly properties: { readonly type: { readonly const: string } };
  })[];
};

/** Returns the check of a union's messages: null for a good one, otherwise the first problem. */
export function messageCheck(
  union: MessageUnion,
  checkOf: (schema: TSchema) => Check,
): (value: unknown) => Problem | null {
  const variants = new Map(
    union.anyOf.map((schema) => [schema.properties.type.const, { schema, fits: checkOf(schema) }] as const),
  );
  return (value) => {
    if (typeof value !== "object" || value === null || !("type" in value)) {
      return { path: "", message: `must be a message with a type, got ${quote(value)}` };
    }
    const variant = typeof value.type === "string" ? variants.get(value.type) : undefined;
    if (variant === undefined) {
      return { path: "/type", message: `is not a message of this direction: ${quote(value.type)}` };
    }
    if (variant.fits(value)) return null;
    const [problem] = schemaProblems(variant.schema, value, 1);
    return problem ?? { path: "", message: `must be a valid message, got ${quote(value)}` };
  };
}
