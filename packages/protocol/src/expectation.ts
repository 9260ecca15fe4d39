import type { TLocalizedValidationError } from "typebox/error";
import { quote } from "./quote.ts";

const typeWords: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

/** What a schema expects, in everyday words: "must be at least 1". Rarer expectations keep TypeBox's own words. */
export function expectation(error: TLocalizedValidationError): string {
  const { keyword, params } = error;
  switch (keyword) {
    case "type":
      return `must be ${typeWords[String(params.type)] ?? String(params.type)}`;
    case "const":
      return `must be ${quote(params.allowedValue)}`;
    case "minimum":
      return `must be at least ${params.limit}`;
    case "maximum":
      return `must be at most ${params.limit}`;
    case "exclusiveMinimum":
      return `must be above ${params.limit}`;
    case "exclusiveMaximum":
      return `must be below ${params.limit}`;
    case "minLength":
      return `must have at least ${params.limit} characters`;
    case "maxLength":
      return `must have at most ${params.limit} characters`;
    case "minItems":
      return `must have at least ${params.limit} items`;
    case "maxItems":
      return `must have at most ${params.limit} items`;
    default:
      return error.message;
  }
}
