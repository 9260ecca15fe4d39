import type { ImageBatchShape } from "../image-batch.ts";

/** Mirrors the chosen images left to right. It is symmetric, so it is its own adjoint. */
export function flipped(x: Float32Array, shape: ImageBatchShape, chosen: readonly boolean[]): Float32Array {
  const [count, height, width, channels] = shape;
  const out = x.slice();
  for (let n = 0; n < count; n++) {
    if (chosen[n] !== true) continue;
    for (let i = 0; i < height; i++) {
      const row = (n * height + i) * width;
      for (let j = 0; j < width; j++) {
        const source = (row + width - 1 - j) * channels;
        out.set(x.subarray(source, source + channels), (row + j) * channels);
      }
    }
  }
  return out;
}
