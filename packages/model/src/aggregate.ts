/**
 * The weighted mean of deltas in fixed point. Each product delta x weight x scale is rounded to an integer and added in
 * float64. Integers below 2^53 add exactly, so the same set of updates gives the same bytes in whatever order it came.
 * Legend: P parameters.
 */

/** A sum in progress. `foldUpdate` changes it in place. */
export type Aggregate = {
  /** A power of two; see `fixedPointScale`. */
  readonly scale: number;
  /** Integers, the sums over updates of round(delta[i] * weight * scale), [P]. */
  readonly sums: Float64Array;
  /** The sum of the updates' weights. */
  weight: number;
  /** How many updates have been folded in. */
  updates: number;
};

/**
 * The largest power of two, at most 2^1000, at which `maxUpdates` products of at most `maxExamples * maxMagnitude`
 * sum to less than 2^53. Rounding moves the mean by at most 0.5 / (scale * mean examples of an update).
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

/** An empty sum over `elements` parameters, at a scale that `fixedPointScale` gave. */
export function createAggregate(elements: number, scale: number): Aggregate {
  return { scale, sums: new Float64Array(elements), weight: 0, updates: 0 };
}

/**
 * Adds one update, `delta` [P], with a weight: its examples, or 1. Throws on another length, on a value that is not
 * finite and on a weight that is not a whole number above 0; nothing is added then. Throws too where a sum leaves the
 * exact integers: the bounds that gave the scale were broken, and the aggregate is of no more use.
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

/** The weighted mean of the deltas, sums / (scale * weight), [P]. Throws where nothing has been added. */
export function aggregateMean({ sums, scale, weight }: Aggregate): Float64Array {
  if (weight === 0) throw new Error("expected at least one update, got 0");
  return sums.map((sum) => sum / scale / weight);
}
