/**
 * What a synthesis learns: N = `imagesPerClass * classes` images, or rows of a table, as the network sees them. They are
 * never clipped.
 */
export type SyntheticSet = {
  readonly imagesPerClass: number;
  /** The shape of one of them: [height, width, channels] or [features]. */
  readonly input: readonly number[];
  readonly classes: number;
  /** Row-major [N, ...input]. */
  readonly inputs: Float32Array;
  /** [N, classes]; their softmax is what the inputs are labelled with. */
  readonly labelLogits: Float32Array;
  /** The step size of the inner SGD. */
  readonly innerStep: number;
};

/** The number of images or rows in a set, N. */
export function setSize(set: { readonly imagesPerClass: number; readonly classes: number }): number {
  return set.imagesPerClass * set.classes;
}

/** Softmax of each row of [rows, classes], computed in float64. */
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

/**
 * The adjoint of `softmaxRows`: for its result s = `shares` and the gradient g in it, both [rows, classes], the
 * gradient in the logits, d[k] = s[k] (g[k] - sum_j g[j] s[j]) row by row.
 */
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
