/** Small tables for tests: rules of a task, and files as bytes in pieces. */
import type { Column, TableClassificationDefinition, TableRegressionDefinition } from "@tributary/protocol";

type Read = "kind" | "columns" | "target" | "missingTexts";
type ClassRules = Pick<TableClassificationDefinition, Read>;
type NumberRules = Pick<TableRegressionDefinition, Read>;

/** A number that is its own standardised value. */
export function numberColumn(
  name: string,
  settings: Partial<Extract<Column, { type: "number" }>> = {},
): Extract<Column, { type: "number" }> {
  const scale = { mean: 0, std: 1 };
  return {
    type: "number",
    name,
    unit: "",
    range: null,
    transform: "none",
    missing: "refuse",
    scale,
    ...settings,
  };
}

/** One of a few texts; any other is refused. */
export function categoryColumn(
  name: string,
  categories: readonly string[],
  settings: Partial<Extract<Column, { type: "category" }>> = {},
): Extract<Column, { type: "category" }> {
  return {
    type: "category",
    name,
    categories: [...categories],
    other: false,
    missing: "refuse",
    ...settings,
  };
}

/** A day, in days since 1970. */
export function dateColumn(
  name: string,
  settings: Partial<Extract<Column, { type: "date" }>> = {},
): Extract<Column, { type: "date" }> {
  const scale = { mean: 0, std: 1 };
  return { type: "date", name, order: "year-month-day", range: null, missing: "refuse", scale, ...settings };
}

/** Sorts rows into classes by the column "class". */
export function classRules(
  columns: readonly Column[],
  classes: readonly string[] = ["no", "yes"],
): ClassRules {
  return {
    kind: "table-classification",
    columns: [...columns],
    target: { column: "class", classes: classes.map((name) => ({ name, values: [] })) },
    missingTexts: ["NA"],
  };
}

/** Predicts the number in the column "price". */
export function numberRules(columns: readonly Column[]): NumberRules {
  return {
    kind: "table-regression",
    columns: [...columns],
    target: { column: "price", unit: "", range: null, scale: { mean: 0, std: 1 } },
    missingTexts: ["NA"],
  };
}

/** A file's bytes in pieces of this many. */
export async function* piecesOf(bytes: Uint8Array, length = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** A text in an encoding that TextEncoder does not write; each character must be one that it has. */
export function encoded(
  text: string,
  encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252",
): Uint8Array {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  if (encoding === "windows-1252") return Uint8Array.from(units);
  const bytes = units.map((unit) =>
    encoding === "utf-16le" ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255],
  );
  return Uint8Array.from(bytes.flat());
}
