import type { ImageBatchShape } from "../image-batch.ts";

/** x + (u - 0.5), [N, H, W, C]; u has one value for each image. */
export function brightened(x: Float32Array, shape: ImageBatchShape, u: readonly number[]): Float32Array {
  const size = shape[1] * shape[2] * shape[3];
  return x.map((value, i) => value + (u[Math.floor(i / size)] as number) - 0.5);
}

/** (x - m) * 2u + m, where m is the mean over the channels of a pixel. It is symmetric, so it is its own adjoint. */
export function saturated(x: Float32Array, shape: ImageBatchShape, u: readonly number[]): Float32Array {
  const factors = u.map((value) => 2 * value);
  return pulledToMean(x, shape[1] * shape[2], shape[3], factors);
}

/** (x - m) * (u + 0.5) + m, where m is the mean over an image. It is symmetric, so it is its own adjoint. */
export function contrasted(x: Float32Array, shape: ImageBatchShape, u: readonly number[]): Float32Array {
  const factors = u.map((value) => value + 0.5);
  return pulledToMean(x, 1, shape[1] * shape[2] * shape[3], factors);
}

/**
 * (x - m) * factor + m, where m is the mean of a run of `size` values. An image has `groups` runs, and one factor.
 */
function pulledToMean(
  x: Float32Array,
  groups: number,
  size: number,
  factors: readonly number[],
): Float32Array {
  const out = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += size) {
    const factor = factors[Math.floor(start / (groups * size))] as number;
    let mean = 0;
    for (let i = start; i < start + size; i++) mean += x[i] as number;
    mean /= size;
    for (let i = start; i < start + size; i++) out[i] = ((x[i] as number) - mean) * factor + mean;
  }
  return out;
}
