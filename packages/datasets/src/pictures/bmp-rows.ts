/** The pixels of a BMP. */
import type { BmpHeader } from "./bmp-header.ts";
import { u16le, u32le } from "./bytes.ts";
import type { PictureRowsOf } from "./picture-rows.ts";

/** Gives the rows from top to bottom; in the file most often the last one stands first. */
export function* bmpRows(header: BmpHeader): PictureRowsOf {
  const { height, rowBytes, isTopDown, data } = header;
  const rgba = new Uint8Array(4 * header.width).fill(255);
  const spread = spreader(header);
  for (let y = 0; y < height; y++) {
    const stored = isTopDown ? y : height - 1 - y;
    spread(data.subarray(rowBytes * stored, rowBytes * (stored + 1)), rgba);
    yield rgba;
  }
}

type Spread = (row: Uint8Array, rgba: Uint8Array) => void;

function spreader(header: BmpHeader): Spread {
  const { bits, width } = header;
  if (bits === 24) return (row, rgba) => spreadColour(row, rgba, width);
  if (bits === 16 || bits === 32) return maskSpreader(header);
  return paletteSpreader(header);
}

function spreadColour(row: Uint8Array, rgba: Uint8Array, width: number): void {
  for (let x = 0; x < width; x++) {
    for (let part = 0; part < 3; part++) rgba[4 * x + part] = row[3 * x + 2 - part] as number;
  }
}

/** Entries beyond the palette's end are black. */
function paletteSpreader({ bits, width, palette, paletteStep }: BmpHeader): Spread {
  return (row, rgba) => {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const index = ((row[bit >> 3] as number) >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
      for (let part = 0; part < 3; part++) rgba[4 * x + part] = palette[paletteStep * index + 2 - part] ?? 0;
    }
  };
}

function maskSpreader({ bits, width, masks }: BmpHeader): Spread {
  const parts = masks.map((mask) => maskedPart(mask));
  return (row, rgba) => {
    for (let x = 0; x < width; x++) {
      const pixel = bits === 16 ? u16le(row, 2 * x) : u32le(row, 4 * x);
      for (let part = 0; part < 4; part++)
        rgba[4 * x + part] = (parts[part] as (pixel: number) => number)(pixel);
    }
  };
}

/** A function from a pixel to 0..255: the bits of `mask`, spread over that range; 255 where the mask has none. */
function maskedPart(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 255;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}
