/** The five filters of a PNG's rows (PNG specification, section 9). */

/**
 * Writes the bytes of a row to `row`. `filtered` is what stands in the file, `above` the row before, or zeros; all three
 * have one length. `step` is the number of bytes a pixel, at least 1. Throws on a type beyond 4.
 */
export function unfilter(
  type: number,
  filtered: Uint8Array,
  above: Uint8Array,
  row: Uint8Array,
  step: number,
): void {
  row.set(filtered);
  if (type === 0) return;
  const length = row.length;
  if (type === 1) {
    for (let at = step; at < length; at++) (row[at] as number) += row[at - step] as number;
  } else if (type === 2) {
    for (let at = 0; at < length; at++) (row[at] as number) += above[at] as number;
  } else if (type === 3) {
    for (let at = 0; at < length; at++) {
      const left = at < step ? 0 : (row[at - step] as number);
      (row[at] as number) += (left + (above[at] as number)) >> 1;
    }
  } else if (type === 4) addPaeth(above, row, step);
  else throw new Error(`a row has the filter ${type}`);
}

function addPaeth(above: Uint8Array, row: Uint8Array, step: number): void {
  for (let at = 0; at < step && at < row.length; at++) (row[at] as number) += above[at] as number;
  for (let at = step; at < row.length; at++) {
    const left = row[at - step] as number;
    const up = above[at] as number;
    const upLeft = above[at - step] as number;
    const toLeft = Math.abs(up - upLeft);
    const toUp = Math.abs(left - upLeft);
    const toUpLeft = Math.abs(left + up - 2 * upLeft);
    (row[at] as number) += toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
  }
}
