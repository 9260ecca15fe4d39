/** From the bytes that a network reads, row-major NHWC, 0 to 255, to the RGBA of a canvas. */

/** [height, width, channels] */
export type Shape = readonly [number, number, number];

/** Bytes of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels as RGBA. Without an alpha channel they are opaque. Throws when the bytes do not fit the shape. */
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
