/** Numbers as if they were classes, so that a regression's rows can be dealt out unevenly too. */

/** The tenth of each value by its rank, 0..9: the smallest tenth of the values is 0. Equal values follow in their order. */
export function tenthsOf(values: Float32Array): Uint8Array {
  const places = Array.from(values.keys()).sort(
    (one, other) => (values[one] as number) - (values[other] as number) || one - other,
  );
  const tenths = new Uint8Array(values.length);
  for (const [rank, place] of places.entries()) tenths[place] = Math.floor((10 * rank) / values.length);
  return tenths;
}
