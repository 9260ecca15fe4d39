/** Values that Adam learns, with their two moments, all of one length. `adamStepInPlace` changes them. */
export type Learned<Values extends Float32Array | Float64Array> = {
  readonly values: Values;
  readonly first: Values;
  readonly second: Values;
};

/** The values with moments of zero, before the first step. The values are kept, not copied. */
export function startLearning<Values extends Float32Array | Float64Array>(values: Values): Learned<Values> {
  return { values, first: values.slice().fill(0) as Values, second: values.slice().fill(0) as Values };
}

/**
 * Step number n = `step` (from 1) of Adam (Kingma and Ba, ICLR 2015, algorithm 1) in PyTorch's form, along the
 * gradient g: m = 0.9 m + 0.1 g; v = 0.999 v + 0.001 g^2;
 * values -= rate m' / (sqrt(v') + 1e-8), m' = m / (1 - 0.9^n), v' = v / (1 - 0.999^n). Plain values in place; training/optimizer.ts has the same for tensors.
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
