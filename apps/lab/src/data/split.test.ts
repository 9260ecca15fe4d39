import type { Dataset } from "@tributary/model";
import { expect, test } from "vitest";
import { someExamples, splitExamples } from "./split.ts";

const rows: Dataset = {
  ...{ kind: "rows", features: 1, classes: 2, count: 6 },
  ...{ rows: Float32Array.of(0, 1, 2, 3, 4, 5), labels: Uint8Array.of(0, 1, 0, 1, 0, 1) },
};
const numbers: Dataset = {
  ...{ kind: "value-rows", features: 1, count: 6 },
  ...{ rows: Float32Array.of(0, 1, 2, 3, 4, 5), values: Float32Array.of(5, 4, 3, 2, 1, 0) },
};
const groups = ["b", "a", "b", "c", "a", "a"];
const partsOf = (...args: Parameters<typeof splitExamples>) =>
  splitExamples(...args).map((part) => [...part]);

test("[M22] a split by a column gives each text a client with all of its examples", () => {
  const split = { kind: "column", column: "state" } as const;
  expect(partsOf({ dataset: rows, groups }, split, { clients: 3, seed: 1 })).toEqual([
    [1, 4, 5],
    [0, 2],
    [3],
  ]);
  expect(() => splitExamples({ dataset: rows, groups }, split, { clients: 4, seed: 1 })).toThrow(
    "expected 3 clients, one for each state, got 4",
  );
  expect(() => splitExamples({ dataset: rows, groups: null }, split, { clients: 3, seed: 1 })).toThrow(
    'expected the texts of the column "state", got none',
  );
});

test("[M22] numbers are split evenly or by a column, and a Dirichlet split of them is refused", () => {
  const even = partsOf({ dataset: numbers, groups: null }, { kind: "even" }, { clients: 4, seed: 1 });
  expect(even.map(({ length }) => length)).toEqual([2, 2, 1, 1]);
  expect(even.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(() =>
    splitExamples(
      { dataset: numbers, groups: null },
      { kind: "dirichlet", alpha: 0.1 },
      { clients: 2, seed: 1 },
    ),
  ).toThrow("expected classes to split with alpha 0.1, got numbers");
});

test("[M22] some of the examples keep the shares of classes, and their texts", () => {
  const some = someExamples({ dataset: rows, groups }, 4);
  expect(some).toMatchObject({ dataset: { count: 4, labels: Uint8Array.of(0, 1, 0, 1) } });
  expect(some.groups).toEqual(["b", "a", "b", "c"]);
  expect(someExamples({ dataset: numbers, groups }, 3).groups).toEqual(["b", "b", "a"]);
  expect(() => someExamples({ dataset: numbers, groups: null }, 7)).toThrow("expected 1..6 examples, got 7");
});
