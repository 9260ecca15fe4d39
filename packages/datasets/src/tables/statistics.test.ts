import type { ColumnSums } from "@tributary/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  categoryColumn,
  classRules,
  dateColumn,
  encoded,
  numberColumn,
  numberRules,
  piecesOf,
} from "../../testing/tables.ts";
import type { TableRules } from "./column-mapping.ts";
import { readTable } from "./read-table.ts";
import { addStatistics, columnStatistics, rescaled, scalesFromStatistics } from "./statistics.ts";

async function datasetOf(rules: TableRules, rows: readonly string[], header: string) {
  const chunks = piecesOf(encoded(`${header}\n${rows.join("\n")}\n`, "utf-8"), 10_000);
  const result = await readTable({ rules, chunks });
  if (result.outcome !== "read") throw new Error(`expected rows, got ${JSON.stringify(result)}`);
  return result.dataset;
}

const unscaled = numberRules([
  numberColumn("size", { scale: null, range: [1e9 - 50, 1e9 + 50], missing: "flag" }),
  categoryColumn("colour", ["red", "blue"]),
  numberColumn("debt", { scale: null, range: [0, 1e6], transform: "log1p", missing: "mean" }),
  dateColumn("day", { scale: null, range: [0, 30_000] }),
  numberColumn("known", { scale: { mean: 3, std: 2 } }),
]);
const rules: typeof unscaled = {
  ...unscaled,
  target: { ...unscaled.target, scale: null, range: [-10, 10] },
};
const header = "size;colour;debt;day;known;price";

test("[F10] the scales of many volunteers' sums are those of all rows in one place", async () => {
  let severalSites = 0;
  let missing = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          size: fc.option(fc.integer({ min: -50, max: 50 })),
          debt: fc.option(fc.integer({ min: 0, max: 1e6 })),
          price: fc.integer({ min: -10, max: 10 }),
          site: fc.nat(3),
        }),
        { minLength: 2, maxLength: 60 },
      ),
      async (rows) => {
        const written = rows.map(({ size, debt, price }) =>
          [size === null ? "" : 1e9 + size, "red", debt ?? "", "1.2.2001", 1, price].join(";"),
        );
        const inOrder = {
          ...rules,
          columns: rules.columns.map((column) => ({ ...column, order: "day-month-year" })),
        };
        const task = inOrder as typeof rules;
        const sites = [0, 1, 2, 3].map((site) => written.filter((_, at) => rows[at]?.site === site));
        const sums: (readonly ColumnSums[])[] = [];
        for (const site of sites.filter(({ length }) => length > 0)) {
          sums.push(columnStatistics(task, await datasetOf(task, site, header)));
        }
        const pooled = columnStatistics(task, await datasetOf(task, written, header));
        const together = sums.reduce(addStatistics);
        const federated = scalesFromStatistics(task, together);
        const central = scalesFromStatistics(task, pooled);
        for (const [at, { count, sum, sumSquares }] of together.entries()) {
          expect(count).toBe(pooled[at]?.count);
          expect(sum).toBeCloseTo(pooled[at]?.sum ?? Number.NaN, 9);
          expect(sumSquares).toBeCloseTo(pooled[at]?.sumSquares ?? Number.NaN, 9);
        }
        expect(federated.target.scale?.std).toBeCloseTo(central.target.scale?.std ?? Number.NaN, 9);
        checkAgainstValues(federated, rows);
        if (sums.length > 1) severalSites++;
        if (rows.some(({ size }) => size === null)) missing++;
      },
    ),
    { numRuns: 150, seed: 3 },
  );
  expect(severalSites).toBeGreaterThan(100);
  expect(missing).toBeGreaterThan(80);
});

/** The two-pass mean and deviation of the values themselves, in float64. */
function checkAgainstValues(
  { columns, target }: typeof rules,
  rows: readonly { readonly size: number | null; readonly price: number }[],
): void {
  const sizes = rows.flatMap(({ size }) => (size === null ? [] : [size]));
  const deviation = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  const [size] = columns;
  if (size?.type !== "number" || new Set(sizes).size < 2) return;
  expect(size.scale?.std).toBeCloseTo(deviation(sizes), 4);
  const prices = rows.map(({ price }) => price);
  if (new Set(prices).size > 1) expect(target.scale?.std).toBeCloseTo(deviation(prices), 4);
}

test("[F11] rows read before there are scales become those that a second reading gives", async () => {
  const task = classRules([
    numberColumn("size", { scale: null, range: [0, 200], missing: "flag" }),
    categoryColumn("colour", ["red"], { other: true }),
    numberColumn("debt", { scale: null, range: [0, 1000], transform: "log1p", missing: "mean" }),
  ]);
  const lines = ["10,red,0,no", ",green,999,yes", "200,red,,no", "30,blue,5,yes"];
  const before = await datasetOf(task, lines, "size,colour,debt,class");
  expect([...before.rows].filter(Number.isNaN)).toHaveLength(2);
  const scaled = scalesFromStatistics(task, columnStatistics(task, before));
  const again = await datasetOf(scaled, lines, "size,colour,debt,class");
  const after = rescaled(before, task, scaled);
  expect(again.rows.length).toBe(after.rows.length);
  for (const [at, value] of again.rows.entries()) expect(after.rows[at]).toBeCloseTo(value, 5);
  expect(() => scalesFromStatistics(task, [])).toThrow(/too few/);
  expect(() => addStatistics([], columnStatistics(task, before))).toThrow(/sums of 0 columns, got 2/);
});

test("[F10] a column without values, or with one alone, keeps the figures of its range", async () => {
  const task = classRules([
    numberColumn("size", { scale: null, range: [0, 200], missing: "mean" }),
    numberColumn("same", { scale: null, range: [0, 10] }),
  ]);
  const dataset = await datasetOf(task, [",7,no", ",7,yes"], "size,same,class");
  const { columns } = scalesFromStatistics(task, columnStatistics(task, dataset));
  expect(columns).toMatchObject([{ scale: { mean: 100, std: 100 } }, { scale: { std: 5 } }]);
  const same = columns[1];
  expect(same?.type === "number" ? same.scale?.mean : null).toBeCloseTo(7, 5);
});
