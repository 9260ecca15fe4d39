/**
 * The weighted mean of deltas in fixed point. Each product delta x weight is rounded to an integer and added in
 * float64. Integers below 2^53 add exactly, so the same set of updates gives the same bytes in whatever order it came.
 */

/** A sum in progress: `sums[i]` is an integer, the sum over updates of round(delta[i] * weight * scale). */
export type Aggregate = {
  readonly scale: number;
  readonly sums: Float64Array;
  /** The sum of the updates' weights. */
  weight: number;
  updates: number;
};

/**
 * The largest power of two (as far as 2^1000) with which `maxUpdates` products of at most `maxExamples * maxMagnitude`
 * stay below 2^53. A mean's error is at most half a step an update: 0.5 / (scale * mean examples an update).
 * Throws unless every bound is finite and above 0.
 */
export function fixedPointScale(bounds: {
  readonly maxUpdates: number;
  readonly maxExamples: number;
  readonly maxMagnitude: number;
}): number {
  for (const [name, value] of Object.entries(bounds)) {
    if (!(value > 0) || !Number.isFinite(value)) {
      throw new Error(`expected ${name} above 0 and finite, got ${value}`);
    }
  }
  // 2^52 leaves as much again for the rounding of each product (at most 1/2).
  const room = 2 ** 52 / bounds.maxUpdates / bounds.maxExamples / bounds.maxMagnitude;
  return 2 ** Math.min(Math.floor(Math.log2(room)), 1000);
}

/** An empty sum over `elements` parameters. */
export function createAggregate(elements: number, scale: number): Aggregate {
  return { scale, sums: new Float64Array(elements), weight: 0, updates: 0 };
}

/**
 * Adds one update, `delta` [parameters], with a weight: its examples, or 1. Throws on another length, on a value that
 * is not finite and on weights that are no whole number above 0 (nothing is added then), and where the sum leaves the
 * integers (the bounds that gave the scale were broken: the aggregate is of no more use).
 */
export function foldUpdate(aggregate: Aggregate, delta: Float32Array, weight: number): void {
  const { sums, scale } = aggregate;
  if (delta.length !== sums.length) throw new Error(`expected ${sums.length} values, got ${delta.length}`);
  if (!Number.isSafeInteger(weight) || weight < 1) {
    throw new Error(`expected a whole weight above 0, got ${weight}`);
  }
  const strange = delta.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) throw new Error(`expected finite values, got ${delta[strange]} at ${strange}`);

  for (let at = 0; at < sums.length; at++) {
    const sum = (sums[at] ?? 0) + Math.round((delta[at] ?? 0) * weight * scale);
    if (!Number.isSafeInteger(sum)) throw new Error(`the sum at ${at} left the exact integers: ${sum}`);
    sums[at] = sum;
  }
  aggregate.weight += weight;
  aggregate.updates += 1;
}

/** The weighted mean of the deltas, sum / (scale * weight) [parameters]. Throws on an empty sum. */
export function aggregateMean({ sums, scale, weight }: Aggregate): Float64Array {
  if (weight === 0) throw new Error("expected at least one update, got 0");
  return sums.map((sum) => sum / scale / weight);
}
