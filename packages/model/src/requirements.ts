/** Checks that throw with the value that does not fit. */

/** Throws, quoting both numbers, unless `values` has `expected` elements. `name` says what they are, in the plural. */
export function requireLength(name: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected) throw new Error(`expected ${expected} ${name}, got ${values.length}`);
}

/** Throws, quoting the first value that is NaN or infinite. `name` says what the values are. */
export function requireFinite(name: string, values: Float32Array): void {
  const strange = values.find((value) => !Number.isFinite(value));
  if (strange !== undefined) throw new Error(`expected finite ${name}, got ${strange}`);
}
