/**
 * The pixels of a GIF's first picture. The libraries for it are no longer kept, and follow chains of codes that a
 * damaged file can close to a circle.
 */
import type { GifFrame, GifHeader } from "./gif-header.ts";
import { paletteColours, spreadPalette } from "./palette.ts";
import { type PictureRowsOf, rowsOnCanvas } from "./picture-rows.ts";

const MOST_CODES = 4096;

/** Decodes the rows of the canvas. Throws where the codes are wrong, or too few. */
export function* gifRows(header: GifHeader): PictureRowsOf {
  const { frame } = header;
  const rows = frameRows(frame, lzwDecode(frame, frame.width * frame.height));
  yield* rowsOnCanvas(header, { ...frame, rows });
}

function* frameRows({ width, height, palette, transparent, isInterlaced }: GifFrame, indices: Uint8Array) {
  const rgba = new Uint8Array(4 * width);
  const colours = paletteColours(palette, (entry) => (entry === transparent ? 0 : 255));
  const places = isInterlaced ? interlacedPlaces(height) : null;
  for (let y = 0; y < height; y++) {
    const start = width * (places?.[y] ?? y);
    spreadPalette(indices.subarray(start, start + width), colours, rgba);
    yield rgba;
  }
}

/** Where in the file each row stands: every eighth row, those between, then every fourth, then every second. */
function interlacedPlaces(height: number): Uint16Array {
  const places = new Uint16Array(height);
  let place = 0;
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const) {
    for (let row = first; row < height; row += step) places[row] = place++;
  }
  return places;
}

/** `count` palette indices (GIF89a, appendix F). A code stands for the bytes of an earlier one, and one more. */
function lzwDecode({ codeBits, data }: GifFrame, count: number): Uint8Array {
  const indices = new Uint8Array(count);
  const starts = new Uint32Array(MOST_CODES);
  const lengths = new Uint16Array(MOST_CODES);
  const clear = 2 ** codeBits;
  let next = clear + 2;
  let bits = codeBits + 1;
  let previous = -1;
  let filled = 0;
  const nextCode = codeReader(data);
  while (filled < count) {
    const code = nextCode(bits);
    if (code === null || code === clear + 1) throw new Error("its pixels end too early");
    if (code === clear) {
      next = clear + 2;
      bits = codeBits + 1;
      previous = -1;
      continue;
    }
    if (code > next || (code >= clear && previous === -1) || (code === next && next === MOST_CODES)) {
      throw new Error(`its code ${code} stands for nothing`);
    }
    const start = filled;
    if (code < clear) indices[filled++] = code;
    else {
      const [from, length] =
        code === next ? [previous, start - previous + 1] : [starts[code] as number, lengths[code] as number];
      for (let at = 0; at < length && filled < count; at++) indices[filled++] = indices[from + at] as number;
    }
    if (previous !== -1 && next < MOST_CODES) {
      starts[next] = previous;
      lengths[next] = start - previous + 1;
      if (++next === 2 ** bits && bits < 12) bits++;
    }
    previous = start;
  }
  return indices;
}

/** Codes of a given number of bits, the lowest first; null after the last. */
function codeReader(data: readonly Uint8Array[]): (bits: number) => number | null {
  let held = 0;
  let heldBits = 0;
  let block = 0;
  let at = 0;
  return (bits) => {
    while (heldBits < bits) {
      const byte = data[block]?.[at];
      if (byte === undefined) return null;
      held |= byte << heldBits;
      heldBits += 8;
      if (++at === data[block]?.length) {
        block++;
        at = 0;
      }
    }
    const code = held & (2 ** bits - 1);
    held >>>= bits;
    heldBits -= bits;
    return code;
  };
}
