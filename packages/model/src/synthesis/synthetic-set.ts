import type { ImageShape } from "@tributary/protocol";

/** What synthesis learns. `imagesPerClass * classes` images, in normalised pixel space, never clipped. */
export type SyntheticSet = {
  readonly imagesPerClass: number;
  readonly image: ImageShape;
  readonly classes: number;
  /** Row-major NHWC. */
  readonly images: Float32Array;
  /** [images, classes]; used through softmax. */
  readonly labelLogits: Float32Array;
  /** Step size of the inner SGD. */
  readonly innerStep: number;
};

/** Number of images in the set. */
export function imageCount(set: { readonly imagesPerClass: number; readonly classes: number }): number {
  return set.imagesPerClass * set.classes;
}

/** Row-wise softmax of [rows, classes] on plain values, in float64. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const shares = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = row; k < row + classes; k++) largest = Math.max(largest, logits[k] as number);
    let sum = 0;
    for (let k = row; k < row + classes; k++) sum += Math.exp((logits[k] as number) - largest);
    for (let k = row; k < row + classes; k++) shares[k] = Math.exp((logits[k] as number) - largest) / sum;
  }
  return shares;
}

/** Adjoint of `softmaxRows` at `shares`: d[k] = s[k] (g[k] - sum_j g[j] s[j]), row by row. */
export function softmaxRowsAdjoint(
  shares: Float32Array,
  gradient: Float32Array,
  classes: number,
): Float32Array {
  const adjoint = new Float32Array(shares.length);
  for (let row = 0; row < shares.length; row += classes) {
    let mean = 0;
    for (let k = row; k < row + classes; k++) mean += (gradient[k] as number) * (shares[k] as number);
    for (let k = row; k < row + classes; k++)
      adjoint[k] = (shares[k] as number) * ((gradient[k] as number) - mean);
  }
  return adjoint;
}
