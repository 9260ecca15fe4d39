/** The columns of a table that a network sees. Schema first, type derived. */
import { type Static, Type } from "typebox";
import { exact, orNull } from "../schema-parts.ts";
import { ClassName } from "./texts.ts";

const Finite = Type.Number({ minimum: -1e15, maximum: 1e15 });

/** The name of a column, as it stands in the first row of a file. */
export const ColumnName = Type.String({ minLength: 1, maxLength: 128 });

/**
 * Standardises a number: (value - mean) / std. Null: the figures come from the volunteers, in the run's first round of
 * statistics; the column then needs a range.
 */
export const Scale = orNull(
  exact({ mean: Finite, std: Type.Number({ exclusiveMinimum: 0, maximum: 1e15 }) }),
);
export type Scale = Static<typeof Scale>;

/** The smallest and the largest value that a row may hold; a row outside is left out. Null: any value. */
export const ValueRange = orNull(Type.Tuple([Finite, Finite]));

/**
 * What an empty cell of a number or a date does: `refuse` leaves the row out, `mean` takes the column's mean, `flag`
 * takes the mean and tells the network so in an input of its own.
 */
export const MissingNumber = Type.Union([Type.Literal("refuse"), Type.Literal("mean"), Type.Literal("flag")]);

/** What an empty cell of a category does: `refuse` leaves the row out, `other` counts it as another category. */
export const MissingCategory = Type.Union([Type.Literal("refuse"), Type.Literal("other")]);

/** A number: one input of the network. */
export const NumberColumn = exact({
  type: Type.Literal("number"),
  name: ColumnName,
  /** "kg", "EUR", or empty. */
  unit: Type.String({ maxLength: 32 }),
  range: ValueRange,
  /** `log1p`: the network sees ln(1 + value), which needs values of 0 or more; the scale is of that. */
  transform: Type.Union([Type.Literal("none"), Type.Literal("log1p")]),
  missing: MissingNumber,
  scale: Scale,
});
export type NumberColumn = Static<typeof NumberColumn>;

/** One of a few texts: an input of 0 or 1 for each of them, and one for any other where `other` is set. */
export const CategoryColumn = exact({
  type: Type.Literal("category"),
  name: ColumnName,
  categories: Type.Array(ClassName, { minItems: 1, maxItems: 256 }),
  /** Whether texts outside the list count as one more category; otherwise their rows are left out. */
  other: Type.Boolean(),
  missing: MissingCategory,
});
export type CategoryColumn = Static<typeof CategoryColumn>;

/** A day: one input of the network, in days since 1970-01-01. */
export const DateColumn = exact({
  type: Type.Literal("date"),
  name: ColumnName,
  /** How a day is written; the parts may be set apart by any of "-", "/" and ".". */
  order: Type.Union([
    Type.Literal("year-month-day"),
    Type.Literal("day-month-year"),
    Type.Literal("month-day-year"),
  ]),
  /** In days since 1970-01-01. */
  range: ValueRange,
  missing: MissingNumber,
  scale: Scale,
});
export type DateColumn = Static<typeof DateColumn>;

/** A column that the network sees. */
export const Column = Type.Union([NumberColumn, CategoryColumn, DateColumn]);
export type Column = Static<typeof Column>;

/** How many inputs of the network a column makes, at least 1. */
export function inputsOf(column: Column): number {
  switch (column.type) {
    case "number":
    case "date":
      return column.missing === "flag" ? 2 : 1;
    case "category":
      return column.categories.length + (column.other || column.missing === "other" ? 1 : 0);
    default:
      return column satisfies never;
  }
}
