import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng, permutation } from "../rng.ts";
import type { Dataset, ImageDataset, RowDataset, ValueRowDataset } from "./dataset.ts";
import { holdOut } from "./hold-out.ts";

/** Rows of three features; the first one names the example, so that no two are alike. */
function rows(labels: readonly number[], names = labels.map((_, at) => at)): RowDataset {
  const values = Float32Array.from(names.flatMap((name) => [name, Math.sin(name), 1]));
  const counts = { features: 3, classes: 5, count: labels.length };
  return { kind: "rows", ...counts, rows: values, labels: Uint8Array.from(labels) };
}

const namesOf = (dataset: RowDataset, places: Uint32Array) =>
  new Set(Array.from(places, (at) => dataset.rows[3 * at] as number));

const labelsOfAnySize = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 });

test("[N34] every example is trained on or held out, every class is trained on, and a larger one is held out too", () => {
  let [single, exceptions] = [0, 0];
  fc.assert(
    fc.property(labelsOfAnySize, fc.constantFrom(0.1, 0.2, 0.5), fc.nat(1000), (labels, share, seed) => {
      const { train, held } = holdOut(rows(labels), { share, seed });
      expect([...train, ...held].sort((a, b) => a - b)).toEqual([...labels.keys()]);
      for (const label of new Set(labels)) {
        const size = labels.filter((other) => other === label).length;
        const kept = train.filter((at) => labels[at] === label).length;
        expect(kept).toBeGreaterThan(0);
        if (size === 1) single++;
        if (share * size < 1) continue;
        if (size - kept === 1) exceptions++;
        expect(kept).toBeLessThan(size);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(single).toBeGreaterThan(100);
  expect(exceptions).toBeGreaterThan(100);
});

test("[N34] the part does not depend on the order, and more examples move none out of a class that has enough", () => {
  const labels = Array.from({ length: 300 }, (_, at) => at % 3);
  const rule = { share: 0.2, seed: 7 };
  const whole = rows(labels);
  const held = namesOf(whole, holdOut(whole, rule).held);
  expect(held.size).toBeGreaterThan(35);
  expect(held.size).toBeLessThan(85);
  const order = [...permutation(300, createRng(3))];
  const shuffled = rows(
    order.map((at) => labels[at] as number),
    order,
  );
  expect(namesOf(shuffled, holdOut(shuffled, rule).held)).toEqual(held);
  const half = rows(labels.slice(0, 150));
  const earlier = holdOut(half, rule);
  for (const name of namesOf(half, earlier.held)) expect(held).toContain(name);
  for (const name of namesOf(half, earlier.train)) expect(held).not.toContain(name);
  expect(namesOf(whole, holdOut(whole, { ...rule, seed: 8 }).held)).not.toEqual(held);
});

test("[N34] images and rows with numbers are divided alike: by their bytes, with the target in its parts", () => {
  const rng = createRng(5);
  const count = 400;
  const images: ImageDataset = {
    ...{ kind: "images", image: [4, 5, 3], classes: 2, count },
    pixels: Uint8Array.from({ length: count * 60 }, () => rng.integer(256)),
    labels: Uint8Array.from({ length: count }, (_, at) => at % 2),
  };
  const numbers: ValueRowDataset = {
    ...{ kind: "value-rows", features: 2, count },
    rows: Float32Array.from({ length: 2 * count }, () => rng.normal()),
    values: Float32Array.from({ length: count }, () => rng.normal()),
  };
  for (const dataset of [images, numbers] satisfies readonly Dataset[]) {
    const { train, held } = holdOut(dataset, { share: 0.25, seed: 1 });
    expect(held.length).toBeGreaterThan(70);
    expect(held.length).toBeLessThan(130);
    expect(train.length + held.length).toBe(count);
  }
  const few = holdOut({ ...numbers, count: 2 }, { share: 0.5, seed: 3 });
  expect([few.train.length, few.held.length]).toEqual([1, 1]);
});

test("[N34] nothing is held out by a share of 0 or without a rule, and a share that leaves nothing is refused", () => {
  const dataset = rows([0, 1, 2]);
  for (const rule of [null, { share: 0, seed: 1 }]) {
    expect(holdOut(dataset, rule)).toEqual({ train: Uint32Array.of(0, 1, 2), held: new Uint32Array() });
  }
  expect(() => holdOut(dataset, { share: 1, seed: 1 })).toThrow("below 1, got 1");
});
