import { createRng } from "@tributary/model";
import { expect, test } from "vitest";
import { takeExamples } from "./examples.ts";
import { datasetFromIdx, formatIdx } from "./index.ts";
import { classSizes, stratifiedShares, subsetOf } from "./stratified-subset.ts";

/** A data set whose example at place i has the pixels i, i, ... */
function datasetOf(labels: readonly number[], classes: number) {
  const pixels = Uint8Array.from({ length: 16 * labels.length }, (_, at) => Math.floor(at / 16) % 256);
  return datasetFromIdx(
    formatIdx([labels.length, 4, 4], pixels),
    formatIdx([labels.length], Uint8Array.from(labels)),
    classes,
  );
}

test("[D4] a subset takes the first examples of each class, in file order, and equal classes in equal numbers", () => {
  const whole = datasetOf([1, 1, 1, 0, 2, 0, 2, 0, 2], 3);
  const subset = subsetOf(whole, 5);
  expect([...subset.labels]).toEqual([1, 1, 0, 2, 0]);
  expect(subset).toEqual(takeExamples(whole, [0, 1, 3, 4, 5]));
  expect(() => subsetOf(whole, 10)).toThrow("expected 1..9 examples, got 10");
  expect(() => subsetOf(whole, 0)).toThrow("got 0");
  // Classes of one size: the first `count mod classes` of them give one more, as a balanced subset does.
  for (let count = 1; count <= 40; count++) {
    const balanced = Array.from(
      { length: 4 },
      (_, label) => Math.floor(count / 4) + (label < count % 4 ? 1 : 0),
    );
    expect(stratifiedShares([10, 10, 10, 10], count)).toEqual(balanced);
  }
});

test("[D25] classes of unequal size keep their shares, and every class with examples is there where the count allows", () => {
  expect(stratifiedShares([300, 60, 30], 39)).toEqual([30, 6, 3]);
  expect(stratifiedShares([300, 60, 30], 10)).toEqual([8, 1, 1]);
  expect(stratifiedShares([0, 1000, 1, 0, 1], 10)).toEqual([0, 8, 1, 0, 1]);
  expect(stratifiedShares([0, 1000, 1, 0, 1], 2)).toEqual([0, 2, 0, 0, 0]);
  const subset = subsetOf(datasetOf([1, 1, 3, 1, 1, 1, 1, 1], 4), 3);
  expect([...subset.labels]).toEqual([1, 1, 3]);
  expect(classSizes(subset)).toEqual([0, 2, 0, 1]);
});

test("[D25] shares sum to the count, never exceed a class, and leave no class out without need", () => {
  const rng = createRng(11);
  let [scarce, missing] = [0, 0];
  for (let history = 0; history < 500; history++) {
    const sizes = Array.from({ length: 1 + rng.integer(12) }, () =>
      Math.floor(10 ** (rng.uniform() * 5) - 1),
    );
    const sum = sizes.reduce((a, b) => a + b, 0);
    if (sum === 0) continue;
    const count = 1 + rng.integer(history % 2 === 0 ? sum : Math.min(sum, 12));
    const shares = stratifiedShares(sizes, count);
    const present = sizes.filter((size) => size > 0).length;
    expect(shares.reduce((a, b) => a + b, 0)).toBe(count);
    expect(shares.every((share, label) => share >= 0 && share <= (sizes[label] ?? 0))).toBe(true);
    const least = Math.min(...shares.filter((_, label) => (sizes[label] ?? 0) > 0));
    if (count >= present) expect(least).toBeGreaterThan(0);
    scarce += count < present ? 1 : 0;
    missing += sizes.includes(0) ? 1 : 0;
  }
  expect(scarce).toBeGreaterThan(3);
  expect(missing).toBeGreaterThan(100);
});
