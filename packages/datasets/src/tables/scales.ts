/**
 * How numbers are standardised: (value - mean) / std, of the logarithm where a column asks for it. A column without figures
 * is brought to -1..1 by its range, until the volunteers' figures together give its scale.
 */
import type { Column, NumberTarget, Scale } from "@tributary/protocol";

type Scaled = Exclude<Column, { type: "category" }> | NumberTarget;

/** Figures that are always there. */
export type Standard = NonNullable<Scale>;

/** What a cell of this column is standardised by: its figures, or else the middle and the half of its range. */
export function standardOf(column: Scaled): Standard {
  if (column.scale !== null) return column.scale;
  if (column.range === null) return { mean: 0, std: 1 };
  const [least, most] = column.range.map((value) => transformed(column, value)) as [number, number];
  return { mean: (least + most) / 2, std: (most - least) / 2 || 1 };
}

/** The value that is standardised. */
export function transformed(column: Scaled, value: number): number {
  return "transform" in column && column.transform === "log1p" ? Math.log1p(value) : value;
}

/** Figures for people to read: the deviation to six digits, the mean to the same place. A deviation of 0 becomes 1. */
export function readableScale({ mean, std }: Standard): Standard {
  if (!(std > 0)) return { mean, std: 1 };
  const digits = Math.min(100, Math.max(0, 5 - Math.floor(Math.log10(std))));
  return { mean: Number(mean.toFixed(digits)), std: Number(std.toPrecision(6)) };
}
