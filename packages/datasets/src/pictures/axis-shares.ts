/**
 * Which stored pixels make a pixel of the network's input, along one axis. Downwards each stored pixel counts, with the
 * same weight, for the one pixel that holds its centre (the area mean); upwards two neighbours are interpolated.
 */

export type AxisShare = {
  /** The first stored row or column. */
  readonly start: number;
  /** Of `start` and those after it; they add up to 1. */
  readonly weights: Float64Array;
};

/** A part of an axis: `length` rows or columns from `from` on, shown in the opposite order where `isFlipped`. */
export type AxisPart = {
  readonly from: number;
  readonly length: number;
  readonly isFlipped: boolean;
};

/**
 * For each of `count` shown pixels what it is made of. The formulas are those of Pillow's `precompute_coeffs`, with its
 * BOX filter downwards and its BILINEAR filter upwards, in the same arithmetic: a stored pixel whose centre lies exactly
 * between two shown ones counts for the first, or as the last bit of a double has it for both or none, as in Pillow.
 */
export function axisShares({ from, length, isFlipped }: AxisPart, count: number): readonly AxisShare[] {
  const scale = length / count;
  const isDown = scale >= 1;
  const filterScale = isDown ? scale : 1;
  const support = isDown ? 0.5 * scale : 1;
  return Array.from({ length: count }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(length, Math.trunc(centre + support + 0.5));
    const weights = Float64Array.from({ length: end - start }, (_, place) => {
      const distance = (start + place - centre + 0.5) * (1 / filterScale);
      return isDown ? box(distance) : triangle(distance);
    });
    normalise(weights);
    return isFlipped
      ? { start: from + length - end, weights: weights.reverse() }
      : { start: from + start, weights };
  });
}

function box(distance: number): number {
  return distance > -0.5 && distance <= 0.5 ? 1 : 0;
}

function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

function normalise(weights: Float64Array): void {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (let at = 0; at < weights.length; at++) (weights[at] as number) /= sum;
}
