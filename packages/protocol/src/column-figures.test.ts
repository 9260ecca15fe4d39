import { expect, test } from "vitest";
import { taskOfNetwork } from "../testing/task-of-network.ts";
import { type ColumnSums, figuresProblems } from "./column-figures.ts";
import { demoPlan } from "./small-plan.ts";
import type { Task } from "./task/task.ts";
import { columnsWithoutScale, needsFigures } from "./task/task-parts.ts";

const known = taskOfNetwork({ kind: "mlp", input: [3], outputs: 1, loss: "squared-error", hidden: [2] });

function withoutScales(task: Task): Task {
  if (task.kind !== "table-regression") throw new Error("expected a regression");
  const columns = task.columns.map((column, at) =>
    at === 1 || column.type === "category"
      ? column
      : { ...column, scale: null, range: [0, 9] as [number, number] },
  );
  return { ...task, columns, target: { ...task.target, scale: null, range: [0, 9] } };
}

const task = withoutScales(known);
const plan = { task, limits: { ...demoPlan.limits, maxExamples: 100 } };
const good: ColumnSums = { count: 10, sum: -4, sumSquares: 2 };

test("[H42] a run waits for the figures of exactly the columns without a scale, the target last", () => {
  expect([needsFigures(known), needsFigures(task), needsFigures(demoPlan.task)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(columnsWithoutScale(task)).toEqual(["x0", "x2", "y"]);
});

test("[H42] figures that rows can have are taken: none, one value, equal values and rounded sums", () => {
  const tenths = Array.from({ length: 100 }, () => 0.1);
  const add = (one: number, other: number) => one + other;
  const rounded = {
    count: 100,
    sum: tenths.reduce(add),
    sumSquares: tenths.map((value) => value * value).reduce(add),
  };
  for (const sums of [
    { count: 0, sum: 0, sumSquares: 0 },
    { count: 1, sum: -1, sumSquares: 1 },
    { count: 3, sum: 3, sumSquares: 3 },
    rounded,
  ]) {
    expect(figuresProblems(plan, [good, sums, good])).toEqual([]);
  }
});

test.each([
  ["too few entries", [good, good], "", /must have 3 entries, one for each of x0, x2, y, got 2/],
  [
    "more values than a volunteer may have",
    [good, { ...good, count: 101 }, good],
    "/1/count",
    /100.*got 101/,
  ],
  ["a sum above the count", [good, good, { ...good, sum: 11 }], "/2/sum", /from -10 to 10.*got 11/],
  ["a sum that is no number", [{ ...good, sum: Number.NaN }, good, good], "/0/sum", /got NaN/],
  ["squares above the count", [{ ...good, sumSquares: 11 }, good, good], "/0/sumSquares", /to 10.*got 11/],
  ["squares too small for the sum", [{ ...good, sumSquares: 1.5 }, good, good], "/0/sumSquares", /got 1.5/],
  ["negative squares", [{ ...good, sum: 0, sumSquares: -1 }, good, good], "/0/sumSquares", /got -1/],
  ["a sum of no values", [{ count: 0, sum: 1e-9, sumSquares: 0 }, good, good], "/0/sum", /got 1e-9/],
])("[H42] figures that no rows can have are refused: %s", (_, figures, path, message) => {
  expect(figuresProblems(plan, figures)).toEqual([{ path, message: expect.stringMatching(message) }]);
});
