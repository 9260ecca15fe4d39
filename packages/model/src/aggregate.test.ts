import fc from "fast-check";
import { expect, test } from "vitest";
import { aggregateMean, createAggregate, fixedPointScale, foldUpdate } from "./aggregate.ts";
import { createRng, permutation } from "./rng.ts";

const bounds = { maxUpdates: 32, maxExamples: 10_000, maxMagnitude: 10 };
const scale = fixedPointScale(bounds);
const update = fc.record({
  delta: fc.float32Array({ minLength: 5, maxLength: 5, min: -10, max: 10, noNaN: true }),
  examples: fc.integer({ min: 1, max: bounds.maxExamples }),
});

type Update = { readonly delta: Float32Array; readonly examples: number };
function average(updates: readonly Update[]): Float64Array {
  const aggregate = createAggregate(5, scale);
  for (const { delta, examples } of updates) foldUpdate(aggregate, delta, examples);
  return aggregateMean(aggregate);
}

test("[A5] the same updates give the same bytes in whatever order they come, where float sums differ", () => {
  let floatsDiffer = 0;
  fc.assert(
    fc.property(fc.array(update, { minLength: 2, maxLength: 32 }), fc.nat(), (updates, seed) => {
      const shuffled = [...permutation(updates.length, createRng(seed))].map((at) => updates[at] as Update);
      expect(average(shuffled)).toEqual(average(updates));
      const plain = (order: readonly Update[]) =>
        order.reduce((sum, { delta, examples }) => sum + (delta[0] as number) * Math.sqrt(examples), 0);
      if (plain(shuffled) !== plain(updates)) floatsDiffer += 1;
    }),
    { seed: 1, numRuns: 300 },
  );
  expect(floatsDiffer).toBeGreaterThan(50);
});

test("[A6] the mean is sum(examples x delta) / sum(examples), to the step of the fixed point", () => {
  fc.assert(
    fc.property(fc.array(update, { minLength: 1, maxLength: 32 }), (updates) => {
      const total = updates.reduce((sum, { examples }) => sum + examples, 0);
      average(updates).forEach((value, at) => {
        const sum = updates.reduce((sum, { delta, examples }) => sum + (delta[at] as number) * examples, 0);
        const exact = sum / total;
        const step = (0.5 * updates.length) / scale / total;
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(step + Math.abs(exact) * 2 ** -50);
      });
    }),
    { seed: 2 },
  );
});

test("[A7] the scale is a power of two at which the largest sum is still exact", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      (maxUpdates, maxExamples, maxMagnitude) => {
        const power = fixedPointScale({ maxUpdates, maxExamples, maxMagnitude });
        expect(Number.isInteger(Math.log2(power))).toBe(true);
        const largest = maxUpdates * (maxExamples * maxMagnitude * power + 0.5);
        expect(largest).toBeLessThan(2 ** 53);
        expect(largest).toBeGreaterThan(2 ** 51 - maxUpdates);
      },
    ),
    { seed: 3 },
  );
  expect(() => fixedPointScale({ ...bounds, maxExamples: 0 })).toThrow(
    "expected maxExamples above 0 and finite, got 0",
  );
});

test("[A8] an update that cannot be added is refused with its value, and leaves the sum as it was", () => {
  const aggregate = createAggregate(2, scale);
  foldUpdate(aggregate, Float32Array.of(1, 2), 10);
  expect(() => foldUpdate(aggregate, Float32Array.of(1), 10)).toThrow("expected 2 values, got 1");
  expect(() => foldUpdate(aggregate, Float32Array.of(1, Number.NaN), 10)).toThrow("got NaN at 1");
  expect(() => foldUpdate(aggregate, Float32Array.of(Number.NEGATIVE_INFINITY, 1), 10)).toThrow(
    "got -Infinity at 0",
  );
  expect(() => foldUpdate(aggregate, Float32Array.of(1, 2), 0)).toThrow("got 0");
  expect(() => foldUpdate(aggregate, Float32Array.of(1, 2), 1.5)).toThrow("got 1.5");
  expect(aggregateMean(aggregate)).toEqual(Float64Array.of(1, 2));
  expect(aggregate).toMatchObject({ updates: 1, weight: 10 });
  expect(() => aggregateMean(createAggregate(2, scale))).toThrow("at least one update, got 0");
});

test("[A8] a sum that leaves the exact integers is refused: a bound was broken", () => {
  const aggregate = createAggregate(1, 2 ** 50);
  expect(() => foldUpdate(aggregate, Float32Array.of(1000), 1)).toThrow(
    "the sum at 0 left the exact integers",
  );
});
