/**
 * A picture brought to its place in the network's input while its rows come in. Only the input lies in memory. The
 * stored rows and columns are summed as they stand; orientation is in the order of the shares and in the last step.
 */
import { type AxisShare, axisShares } from "./axis-shares.ts";
import { flips, isTransposed, type Orientation } from "./orientation.ts";
import type { PictureRows } from "./picture-rows.ts";
import type { Placement } from "./placement.ts";

/** The means of a picture's part, [height, width, 3] of the place, each 0..255 and not rounded. */
export type Means = { readonly width: number; readonly height: number; readonly rgb: Float64Array };

/** How a stored row of red, green, blue and alpha becomes opaque: writes [width, 3] to `rgb`. */
export type OpaqueRow = (rgba: Uint8Array, rgb: Uint8Array) => void;

/** The mean of every pixel of `placement.place` over the stored pixels that it shows. */
export function areaMeans(
  rows: PictureRows,
  stored: { readonly width: number; readonly height: number; readonly orientation: Orientation },
  { part, place }: Placement,
  opaque: OpaqueRow,
): Means {
  const { columns, rows: rowShares } = storedShares(stored, part, place);
  const line = new Float64Array(3 * columns.length);
  const rgb = new Uint8Array(3 * stored.width);
  const sums = new Float64Array(rowShares.length * line.length);
  const targets = targetsByRow(rowShares, stored.height);
  let y = 0;
  for (const row of rows) {
    const shown = targets[y++] ?? [];
    if (shown.length === 0) continue;
    opaque(row, rgb);
    meanAlong(rgb, columns, line);
    for (const { at, weight } of shown) addLine(sums, at * line.length, line, weight);
  }
  if (y < stored.height) throw new Error(`it has ${y} of ${stored.height} rows`);
  return { ...place, rgb: isTransposed(stored.orientation) ? transposed(sums, columns.length) : sums };
}

/** The shares of the stored columns and rows. Where they are transposed, a shown row is made of stored columns. */
function storedShares(
  { width, height, orientation }: { width: number; height: number; orientation: Orientation },
  part: Placement["part"],
  place: Placement["place"],
): { readonly columns: readonly AxisShare[]; readonly rows: readonly AxisShare[] } {
  const horizontal = { from: part.left, length: part.width, count: place.width };
  const vertical = { from: part.top, length: part.height, count: place.height };
  const [along, down] = isTransposed(orientation) ? [vertical, horizontal] : [horizontal, vertical];
  const flip = flips(orientation);
  const shares = ({ from, length, count }: typeof along, stored: number, isFlipped: boolean) =>
    axisShares({ from: isFlipped ? stored - from - length : from, length, isFlipped }, count);
  return { columns: shares(along, width, flip.columns), rows: shares(down, height, flip.rows) };
}

/** For each stored row the shown rows that it is a part of. */
function targetsByRow(
  shares: readonly AxisShare[],
  height: number,
): readonly (readonly { readonly at: number; readonly weight: number }[])[] {
  const targets: { at: number; weight: number }[][] = Array.from({ length: height }, () => []);
  for (const [at, { start, weights }] of shares.entries()) {
    for (const [place, weight] of weights.entries())
      if (weight !== 0) targets[start + place]?.push({ at, weight });
  }
  return targets;
}

/** `rgb` is a row [width, 3]; writes [shares, 3] to `line`. */
function meanAlong(rgb: Uint8Array, shares: readonly AxisShare[], line: Float64Array): void {
  for (let at = 0; at < shares.length; at++) {
    const { start, weights } = shares[at] as AxisShare;
    let [red, green, blue] = [0, 0, 0];
    for (let place = 0; place < weights.length; place++) {
      const weight = weights[place] as number;
      const pixel = 3 * (start + place);
      red += weight * (rgb[pixel] as number);
      green += weight * (rgb[pixel + 1] as number);
      blue += weight * (rgb[pixel + 2] as number);
    }
    line[3 * at] = red;
    line[3 * at + 1] = green;
    line[3 * at + 2] = blue;
  }
}

function addLine(sums: Float64Array, from: number, line: Float64Array, weight: number): void {
  for (let at = 0; at < line.length; at++) (sums[from + at] as number) += weight * (line[at] as number);
}

/** [rows, columns, 3] to [columns, rows, 3]. */
function transposed(sums: Float64Array, columns: number): Float64Array {
  const rows = sums.length / (3 * columns);
  return Float64Array.from(sums, (_, at) => {
    const [row, column, channel] = [Math.floor(at / 3) % rows, Math.floor(at / 3 / rows), at % 3];
    return sums[3 * (row * columns + column) + channel] as number;
  });
}
