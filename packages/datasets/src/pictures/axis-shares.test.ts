import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AxisShare, axisShares } from "./axis-shares.ts";

/** For each stored place the shown pixels that it counts for. The weights of one shown pixel are all alike. */
function ownersOf(shares: readonly AxisShare[]): ReadonlyMap<number, readonly number[]> {
  const owners = new Map<number, number[]>();
  for (const [at, { start, weights }] of shares.entries()) {
    const used = weights.filter((weight) => weight > 0);
    if (used.some((weight) => weight !== 1 / used.length)) throw new Error(`weights differ: ${used}`);
    for (const [place, weight] of weights.entries()) {
      if (weight > 0) owners.set(start + place, [...(owners.get(start + place) ?? []), at]);
    }
  }
  return owners;
}

describe("axisShares", () => {
  it("[I13] downwards every stored pixel counts alike, for the pixel that holds its centre", () => {
    const counts = { inside: 0, between: 0 };
    const sizes = fc.record({
      count: fc.integer({ min: 1, max: 224 }),
      more: fc.integer({ min: 0, max: 3000 }),
    });
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ count, more }, isFlipped) => {
        const length = count + more;
        const owners = ownersOf(axisShares({ from: 7, length, isFlipped }, count));
        const expected = Array.from({ length }, (_, place) => {
          const centre = ((place + 0.5) * count) / length;
          return Number.isInteger(centre) ? null : [Math.floor(isFlipped ? count - centre : centre)];
        });
        const got = expected.map((owner, place) => (owner === null ? null : owners.get(7 + place)));
        expect(got).toEqual(expected);
        const between = expected.filter((owner) => owner === null).length;
        counts.between += between;
        counts.inside += length - between;
      }),
      { seed: 1, numRuns: 100 },
    );
    expect(counts).toEqual({ inside: 143_607, between: 49 });
  });

  it("[I13] upwards the weights of two neighbours add up to one", () => {
    for (const { start, weights } of axisShares({ from: 0, length: 5, isFlipped: false }, 28)) {
      expect(weights.filter((weight) => weight > 0).length).toBeLessThanOrEqual(2);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(start + weights.length).toBeLessThanOrEqual(5);
    }
  });
});
