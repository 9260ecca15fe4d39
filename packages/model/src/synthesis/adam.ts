/** What one Adam optimises, with its two moments; all of one length. Changed in place. */
export type Learned<Values extends Float32Array | Float64Array> = {
  readonly values: Values;
  readonly first: Values;
  readonly second: Values;
};

export function startLearning<Values extends Float32Array | Float64Array>(values: Values): Learned<Values> {
  return { values, first: values.slice().fill(0) as Values, second: values.slice().fill(0) as Values };
}

/**
 * Step number `step` (from 1) of Adam in PyTorch's form, betas 0.9 and 0.999, eps 1e-8, on plain values:
 * values -= rate m' / (sqrt(v') + 1e-8). The tensors of local training have theirs in training/optimizer.ts.
 */
export function adamStepInPlace(
  learned: Learned<Float32Array | Float64Array>,
  gradient: ArrayLike<number>,
  rate: number,
  step: number,
): void {
  const { values, first, second } = learned;
  const scaledRate = rate / (1 - 0.9 ** step);
  const unbias = 1 / Math.sqrt(1 - 0.999 ** step);
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i] as number;
    const m = 0.9 * (first[i] as number) + 0.1 * g;
    const v = 0.999 * (second[i] as number) + 0.001 * g * g;
    first[i] = m;
    second[i] = v;
    values[i] = (values[i] as number) - (scaledRate * m) / (Math.sqrt(v) * unbias + 1e-8);
  }
}
