/** From stored pixels to opaque sRGB: the colour profile first, then the background under what is transparent. */
import type { OpaqueRow } from "./area-mean.ts";

/** One number for each of red, green and blue. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Changes a row of [width, 3] in place. */
export type ConvertRow = (rgb: Uint8Array) => void;

/** A function that lays rows over `background`, after `convert` where a profile is to be applied. */
export function opaqueRow(background: Colour, convert: ConvertRow | null): OpaqueRow {
  return (rgba, rgb) => {
    const pixels = rgb.length / 3;
    let common = 255;
    for (let x = 0; x < pixels; x++) {
      rgb[3 * x] = rgba[4 * x] as number;
      rgb[3 * x + 1] = rgba[4 * x + 1] as number;
      rgb[3 * x + 2] = rgba[4 * x + 2] as number;
      common &= rgba[4 * x + 3] as number;
    }
    convert?.(rgb);
    if (common === 255) return; // every pixel is opaque
    for (let x = 0; x < pixels; x++) layOver(rgb, 3 * x, rgba[4 * x + 3] as number, background);
  };
}

function layOver(rgb: Uint8Array, at: number, alpha: number, background: Colour): void {
  for (let channel = 0; channel < 3; channel++) {
    const mixed = (rgb[at + channel] as number) * alpha + (background[channel] as number) * (255 - alpha);
    rgb[at + channel] = Math.round(mixed / 255);
  }
}
