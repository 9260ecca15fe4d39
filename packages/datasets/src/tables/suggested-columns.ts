/** Columns and targets of a task, as a sample suggests them. A person looks at them before they are used. */
import type { ClassTarget, Column, NumberTarget } from "@tributary/protocol";
import type { ColumnFigures } from "./column-figures.ts";
import { readableScale } from "./scales.ts";

/** The column as an input; null for a text. Of several orders of a day the first is taken. */
export function suggestedColumn({ name, missing, texts, content }: ColumnFigures): Column | null {
  const common = { name, range: null, missing: missing > 0 ? ("flag" as const) : ("refuse" as const) };
  switch (content.type) {
    case "number":
      return { type: "number", unit: "", transform: "none", ...common, scale: readableScale(content) };
    case "date":
      return {
        type: "date",
        order: content.orders[0] ?? "year-month-day",
        ...common,
        scale: readableScale(content),
      };
    case "category": {
      const categories = (texts ?? []).map(({ text }) => text);
      return { type: "category", name, categories, other: true, missing: "other" };
    }
    case "text":
      return null;
    default:
      return content satisfies never;
  }
}

/** The column's different texts as classes, in their order; null where there are fewer than 2 or more than 256. */
export function suggestedClassTarget({ name, texts }: ColumnFigures): ClassTarget | null {
  if (texts === null || texts.length < 2) return null;
  const names = texts.map(({ text }) => text).sort(inOrder);
  return { column: name, classes: names.map((text) => ({ name: text, values: [] })) };
}

/** The column's numbers as what is predicted; null where they are no numbers. */
export function suggestedNumberTarget({ name, content }: ColumnFigures): NumberTarget | null {
  if (content.type !== "number") return null;
  return { column: name, unit: "", range: null, scale: readableScale(content) };
}

/** "9" before "10", and "a" before "b". */
function inOrder(one: string, other: string): number {
  const difference = Number(one) - Number(other);
  if (!Number.isNaN(difference) && difference !== 0) return difference;
  return one < other ? -1 : 1;
}
