/** Converts between the RGBA of a canvas and the bytes that a network reads: row-major NHWC, 0 to 255. */

/** [height, width, channels] */
export type Shape = readonly [number, number, number];

/**
 * RGBA -> `channels` bytes a pixel: 1 luminance (Rec. 601: 0.299 R + 0.587 G + 0.114 B), 2 luminance and alpha,
 * 3 RGB, 4 RGBA. Throws for any other number of channels.
 */
export function fromRgba(rgba: Uint8ClampedArray | Uint8Array, channels: number): Uint8Array {
  const count = rgba.length / 4;
  const pixels = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) {
    const [r = 0, g = 0, b = 0, a = 0] = rgba.subarray(i * 4, i * 4 + 4);
    pixels.set(reduced(r, g, b, a, channels), i * channels);
  }
  return pixels;
}

/** The reverse. An image without an alpha channel is opaque. Throws when the bytes do not fit the shape. */
export function toRgba(pixels: Uint8Array, [height, width, channels]: Shape): Uint8ClampedArray<ArrayBuffer> {
  const count = height * width;
  if (pixels.length !== count * channels) {
    throw new Error(
      `expected ${count * channels} bytes of ${height}x${width}x${channels}, got ${pixels.length}`,
    );
  }
  const rgba = new Uint8ClampedArray(count * 4);
  for (let i = 0; i < count; i++) {
    const [first = 0, second = 0, third = 0, fourth = 255] = pixels.subarray(
      i * channels,
      (i + 1) * channels,
    );
    const colour =
      channels < 3 ? [first, first, first, channels === 2 ? second : 255] : [first, second, third, fourth];
    rgba.set(colour, i * 4);
  }
  return rgba;
}

/** The largest centred part of the source with the target's aspect: it is drawn without squeezing or padding. */
export function centredCrop(
  source: { readonly width: number; readonly height: number },
  target: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  const scale = Math.min(source.width / target.width, source.height / target.height);
  const width = target.width * scale;
  const height = target.height * scale;
  return { x: (source.width - width) / 2, y: (source.height - height) / 2, width, height };
}

function reduced(r: number, g: number, b: number, a: number, channels: number): readonly number[] {
  const luminance = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  switch (channels) {
    case 1:
      return [luminance];
    case 2:
      return [luminance, a];
    case 3:
      return [r, g, b];
    case 4:
      return [r, g, b, a];
    default:
      throw new Error(`expected 1 to 4 channels, got ${channels}`);
  }
}
