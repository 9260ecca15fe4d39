/** What volunteers say of their columns before a run trains, and whether it can be true. Schema first, type derived. */
import { type Static, Type } from "typebox";
import type { Plan } from "./plan.ts";
import type { Problem } from "./problem.ts";
import { Count, exact } from "./schema-parts.ts";
import { columnsWithoutScale } from "./task/task-parts.ts";

/**
 * Sums over the values of one column, each brought to -1..1 by the column's range and clipped. Empty cells are not
 * counted. All are float64, and add over volunteers.
 */
export const ColumnSums = exact({ count: Count, sum: Type.Number(), sumSquares: Type.Number() });
export type ColumnSums = Static<typeof ColumnSums>;

/** One for each column without a scale, in order, and last one for the target if it has none. */
export const ColumnFigures = Type.Array(ColumnSums, { minItems: 1, maxItems: 513 });
export type ColumnFigures = Static<typeof ColumnFigures>;

/** Rounding of sums over ten million values stays far below this share. */
const ROUNDING = 1e-6;

/**
 * Why these figures cannot come from rows that this plan allows, with paths from the figures' root; none when they can:
 * at most `maxExamples` values of -1..1 each, so that |sum| and the sum of squares are at most the count, and
 * sum^2 <= count * sumSquares (Cauchy-Schwarz).
 */
export function figuresProblems(
  { task, limits }: Pick<Plan, "task" | "limits">,
  figures: readonly ColumnSums[],
): readonly Problem[] {
  const columns = columnsWithoutScale(task);
  if (figures.length !== columns.length) {
    const message = `must have ${columns.length} entries, one for each of ${columns.join(", ")}, got ${figures.length}`;
    return [{ path: "", message }];
  }
  return figures.flatMap((sums, at) => sumsProblems(sums, `/${at}`, limits.maxExamples));
}

function sumsProblems(
  { count, sum, sumSquares }: ColumnSums,
  path: string,
  mostValues: number,
): readonly Problem[] {
  const most = count * (1 + ROUNDING);
  const least = count === 0 ? 0 : (sum * sum * (1 - ROUNDING)) / count;
  if (count > mostValues) {
    return [
      { path: `${path}/count`, message: `must be at most ${mostValues}, the run's limit, got ${count}` },
    ];
  }
  if (!(Math.abs(sum) <= most)) {
    const message = `must be from ${-count} to ${count}: each value is clipped to -1..1, got ${sum}`;
    return [{ path: `${path}/sum`, message }];
  }
  if (sumSquares >= least && sumSquares <= most) return [];
  const message = `must be from ${least} to ${count} for this count and sum, got ${sumSquares}`;
  return [{ path: `${path}/sumSquares`, message }];
}
