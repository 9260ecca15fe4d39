/**
 * The pixels of a PNG. Rows are inflated, unfiltered and widened one at a time: libraries that decode a whole file at
 * once take its claims on trust, and twelve times the memory. An interlaced picture must lie in memory whole.
 */
import { u16be } from "./bytes.ts";
import { type InflatedBytes, inflatedBytes } from "./inflated-bytes.ts";
import { paletteColours, spreadPalette } from "./palette.ts";
import { type PictureRowsOf, rowsOf } from "./picture-rows.ts";
import { type PngHeader, transparentColour } from "./png-header.ts";
import { unfilter } from "./png-unfilter.ts";

/** Column and row of the first pixel of each pass of Adam7, and the steps to the next. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Decodes the rows of the file that `header` describes. Throws where the compressed data is wrong. */
export function pngRows(header: PngHeader): PictureRowsOf {
  const data = inflatedBytes(header.data);
  return header.isInterlaced
    ? rowsOf(interlaced(header, data), header.width, header.height)
    : plainRows(header, data, header.width, header.height);
}

function* plainRows(header: PngHeader, data: InflatedBytes, width: number, height: number): PictureRowsOf {
  const bits = header.samples * header.depth;
  const rowBytes = Math.ceil((width * bits) / 8);
  const widen = widener(header, width);
  let above = new Uint8Array(rowBytes);
  let row = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const filtered = data.take(rowBytes + 1);
    unfilter(filtered[0] as number, filtered.subarray(1), above, row, Math.max(1, bits >> 3));
    yield widen(row);
    [above, row] = [row, above];
  }
}

function interlaced(header: PngHeader, data: InflatedBytes): Uint8Array {
  const whole = new Uint32Array(header.width * header.height);
  for (const [left, top, stepX, stepY] of PASSES) {
    const width = Math.ceil((header.width - left) / stepX);
    const height = Math.ceil((header.height - top) / stepY);
    if (width <= 0 || height <= 0) continue;
    let y = top;
    for (const row of plainRows(header, data, width, height)) {
      const pixels = new Uint32Array(row.buffer, row.byteOffset, width);
      for (let x = 0; x < width; x++) whole[y * header.width + left + x * stepX] = pixels[x] as number;
      y += stepY;
    }
  }
  return new Uint8Array(whole.buffer);
}

/** A function from a row's bytes to red, green, blue and alpha of each pixel, [width, 4]. */
function widener(header: PngHeader, width: number): (row: Uint8Array) => Uint8Array {
  const rgba = new Uint8Array(4 * width).fill(255);
  const narrow = eightBits(header, width);
  const spread = spreader(header);
  const key = transparentColour(header);
  return (row) => {
    spread(narrow(row), rgba, width);
    if (key !== null) clearKey(row, header, key, rgba, width);
    return rgba;
  };
}

/** A function to samples of 8 bits: 16 bits are divided by 257, fewer bits spread over 0..255, palette indices kept. */
function eightBits({ depth, samples, colour }: PngHeader, width: number): (row: Uint8Array) => Uint8Array {
  if (depth === 8) return (row) => row;
  const count = width * samples;
  const narrow = new Uint8Array(count);
  if (depth === 16) {
    return (row) => {
      for (let at = 0; at < count; at++) narrow[at] = Math.round(u16be(row, 2 * at) / 257);
      return narrow;
    };
  }
  const factor = colour === 3 ? 1 : 255 / (2 ** depth - 1);
  return (row) => {
    for (let at = 0; at < count; at++) narrow[at] = factor * packedSample(row, depth, at);
    return narrow;
  };
}

function packedSample(row: Uint8Array, depth: number, at: number): number {
  const bit = at * depth;
  return ((row[bit >> 3] as number) >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

type Spread = (samples: Uint8Array, rgba: Uint8Array, width: number) => void;

function spreader({ colour, palette, transparency }: PngHeader): Spread {
  switch (colour) {
    case 0:
      return (samples, rgba) => spreadPalette(samples, GREYS, rgba);
    case 2:
      return spreadColour;
    case 3: {
      const colours = paletteColours(palette, (entry) => transparency?.[entry] ?? 255);
      return (samples, rgba) => spreadPalette(samples, colours, rgba);
    }
    case 4:
      return (samples, rgba, width) => {
        for (let x = 0; x < width; x++) {
          rgba.fill(samples[2 * x] as number, 4 * x, 4 * x + 3);
          rgba[4 * x + 3] = samples[2 * x + 1] as number;
        }
      };
    case 6:
      return (samples, rgba) => rgba.set(samples);
    default:
      return colour satisfies never;
  }
}

const GREYS = paletteColours(
  Uint8Array.from({ length: 3 * 256 }, (_, at) => Math.floor(at / 3)),
  () => 255,
);

function spreadColour(samples: Uint8Array, rgba: Uint8Array, width: number): void {
  for (let x = 0; x < width; x++) {
    rgba[4 * x] = samples[3 * x] as number;
    rgba[4 * x + 1] = samples[3 * x + 1] as number;
    rgba[4 * x + 2] = samples[3 * x + 2] as number;
    rgba[4 * x + 3] = 255;
  }
}

/** Pixels whose samples are exactly `key` become transparent, the others opaque. */
function clearKey(
  row: Uint8Array,
  { depth, samples }: PngHeader,
  key: readonly number[],
  rgba: Uint8Array,
  width: number,
): void {
  const sample = (at: number) =>
    depth === 16 ? u16be(row, 2 * at) : depth === 8 ? row[at] : packedSample(row, depth, at);
  for (let x = 0; x < width; x++) {
    rgba[4 * x + 3] = key.every((value, part) => sample(samples * x + part) === value) ? 0 : 255;
  }
}
