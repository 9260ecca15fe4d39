/** Checks that throw with the value that does not fit. */

/** Throws, quoting both numbers, unless `values` has `expected` elements. `name` is what they are, in the plural. */
export function requireLength(name: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected) throw new Error(`expected ${expected} ${name}, got ${values.length}`);
}

/** Throws, quoting it, where a value is NaN or infinite. `name` is what the values are. */
export function requireFinite(name: string, values: Float32Array): void {
  const strange = values.find((value) => !Number.isFinite(value));
  if (strange !== undefined) throw new Error(`expected finite ${name}, got ${strange}`);
}
