/** Between the text in one field of the form and the value that it stands for. */
import type { FieldInput } from "./plan-field.ts";

export type Read =
  | { readonly outcome: "read"; readonly value: unknown }
  | { readonly outcome: "unreadable"; readonly message: string };

/** Only text that is not a number is refused here: ranges and relations are the server's to check. */
export function readField(input: FieldInput, text: string): Read {
  const trimmed = text.trim();
  switch (input.kind) {
    case "flag":
      return read(text === "true");
    case "part":
      return read(text === "true" ? {} : null);
    case "choice":
      return read(input.isNumber === true ? Number(text) : text);
    case "text":
    case "long-text":
      return read(trimmed);
    case "lines":
      return read(linesOf(text));
    case "reals":
      return readNumbers(text, Number.isFinite, "numbers");
    case "integers":
      return readNumbers(text, Number.isInteger, "whole numbers");
    case "integer":
      if (input.mayBeEmpty && trimmed === "") return read(null);
      return readNumber(trimmed, /^-?\d+$/, "a whole number");
    case "real":
      if (input.mayBeEmpty && trimmed === "") return read(null);
      return readNumber(trimmed, /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, "a number");
    default:
      return input satisfies never;
  }
}

/** The reverse: a value of a plan as its field shows it. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.join(", ");
  // An object is a part of the plan: its field is a check mark.
  return typeof value === "object" ? "true" : String(value);
}

function read(value: unknown): Read {
  return { outcome: "read", value };
}

function readNumbers(text: string, fits: (value: number) => boolean, expected: string): Read {
  const numbers = itemsOf(text).map(Number);
  if (numbers.every(fits)) return read(numbers);
  return { outcome: "unreadable", message: `must be ${expected} separated by commas, got "${text}"` };
}

function readNumber(text: string, pattern: RegExp, expected: string): Read {
  if (pattern.test(text)) return read(Number(text));
  return { outcome: "unreadable", message: `must be ${expected}, got "${text}"` };
}

function itemsOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** The lines that hold something, without space at their ends. */
function linesOf(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
