/**
 * Scales from the sums of many volunteers, none of whom shows a row. Each column without figures is brought to -1..1 by its
 * range first, so that no row weighs more than another and the sums stay exact enough: a variance from the sum of squares of
 * numbers around a billion would be noise.
 */
import type { RowDataset, ValueRowDataset } from "@tributary/model";
import { type ColumnSums, inputsOf } from "@tributary/protocol";
import type { TableRules } from "./column-mapping.ts";
import { type Standard, standardOf } from "./scales.ts";

/** One for each column without figures, in order, and one for the target if it has none. Missing values are not counted. */
export function columnStatistics(rules: TableRules, dataset: RowDataset | ValueRowDataset): ColumnSums[] {
  const { features, rows } = dataset;
  const columns = unscaledInputs(rules).map((input) => sumsOf(rows, input, features));
  if (dataset.kind !== "value-rows" || !isTargetUnscaled(rules)) return columns;
  return [...columns, sumsOf(dataset.values, 0, 1)];
}

function sumsOf(values: Float32Array, first: number, step: number): ColumnSums {
  let count = 0;
  let sum = 0;
  let sumSquares = 0;
  for (let at = first; at < values.length; at += step) {
    const value = values[at] as number;
    if (Number.isNaN(value)) continue;
    const clipped = Math.max(-1, Math.min(1, value));
    count++;
    sum += clipped;
    sumSquares += clipped * clipped;
  }
  return { count, sum, sumSquares };
}

/** Adds sums of the same columns. Throws where two lists differ in length. */
export function addStatistics(
  one: readonly ColumnSums[],
  other: readonly ColumnSums[],
): readonly ColumnSums[] {
  if (one.length !== other.length) {
    throw new Error(`expected sums of ${one.length} columns, got ${other.length}`);
  }
  return one.map((sums, at) => {
    const { count, sum, sumSquares } = other[at] as ColumnSums;
    return {
      count: sums.count + count,
      sum: sums.sum + sum,
      sumSquares: sums.sumSquares + sumSquares,
    };
  });
}

/**
 * The rules with a scale wherever there was none: mean = middle + half * sum / count, and the deviation of all rows (not of a
 * sample) likewise. A column without any value, or with one value only, has its range's half as deviation.
 */
export function scalesFromStatistics<R extends TableRules>(rules: R, sums: readonly ColumnSums[]): R {
  const left = [...sums];
  const columns = rules.columns.map((column) => {
    if (column.type === "category" || column.scale !== null) return column;
    return { ...column, scale: scaleOf(standardOf(column), left.shift()) };
  });
  const { target } = rules;
  if (!isTargetUnscaled(rules) || !("scale" in target)) return { ...rules, columns };
  return { ...rules, columns, target: { ...target, scale: scaleOf(standardOf(target), left.shift()) } };
}

function scaleOf({ mean, std }: Standard, sums: ColumnSums | undefined): Standard {
  if (sums === undefined) throw new Error("expected sums for every column without a scale, got too few");
  const { count, sum, sumSquares } = sums;
  if (count === 0) return { mean, std };
  const average = sum / count;
  const variance = Math.max(0, sumSquares / count - average * average);
  // Rounding leaves some 1e-16 of a column that does not vary.
  const isConstant = variance < 1e-12;
  return { mean: mean + std * average, std: isConstant ? std : std * Math.sqrt(variance) };
}

/** The rows that were read by `before`, standardised by `after`, which has scales where `before` had none. Copies. */
export function rescaled<D extends RowDataset | ValueRowDataset>(
  dataset: D,
  before: TableRules,
  after: TableRules,
): D {
  const rows = dataset.rows.slice();
  let input = 0;
  for (const [at, column] of before.columns.entries()) {
    const next = after.columns[at];
    if (
      column.type !== "category" &&
      next !== undefined &&
      next.type !== "category" &&
      column.scale === null
    ) {
      rescale(rows, input, dataset.features, standardOf(column), standardOf(next));
    }
    input += inputsOf(column);
  }
  const isRescaled = dataset.kind === "value-rows" && isTargetUnscaled(before);
  if (!isRescaled || !("scale" in before.target) || !("scale" in after.target)) return { ...dataset, rows };
  const values = dataset.values.slice();
  rescale(values, 0, 1, standardOf(before.target), standardOf(after.target));
  return { ...dataset, rows, values };
}

function rescale(values: Float32Array, first: number, step: number, from: Standard, to: Standard): void {
  for (let at = first; at < values.length; at += step) {
    const value = values[at] as number;
    values[at] = Number.isNaN(value) ? 0 : (value * from.std + from.mean - to.mean) / to.std;
  }
}

function unscaledInputs({ columns }: TableRules): readonly number[] {
  let next = 0;
  return columns.flatMap((column) => {
    const input = next;
    next += inputsOf(column);
    return column.type !== "category" && column.scale === null ? [input] : [];
  });
}

function isTargetUnscaled({ target }: TableRules): boolean {
  return "scale" in target && target.scale === null;
}
