import type { ImageBatchShape } from "../image-batch.ts";

/**
 * Sets a square of `size` x `size` pixels to 0, as far as it lies within the image. Its top left is at (rows, cols) -
 * floor(size / 2); each image has its own. It is symmetric, so it is its own adjoint.
 */
export function cutOut(
  x: Float32Array,
  shape: ImageBatchShape,
  size: number,
  rows: readonly number[],
  cols: readonly number[],
): Float32Array {
  const [count, height, width, channels] = shape;
  const out = x.slice();
  for (let n = 0; n < count; n++) {
    const top = (rows[n] as number) - Math.floor(size / 2);
    const left = (cols[n] as number) - Math.floor(size / 2);
    const [first, end] = [Math.max(0, left), Math.min(width, left + size)];
    if (end <= first) continue;
    for (let i = Math.max(0, top); i < Math.min(height, top + size); i++) {
      const row = (n * height + i) * width;
      out.fill(0, (row + first) * channels, (row + end) * channels);
    }
  }
  return out;
}
