import type { ImageBatchShape } from "../image-batch.ts";

/** x + (u - 0.5) */
export function brightened(x: Float32Array, shape: ImageBatchShape, u: readonly number[]): Float32Array {
  const size = shape[1] * shape[2] * shape[3];
  return x.map((value, i) => value + (u[Math.floor(i / size)] as number) - 0.5);
}

/** (x - m) * 2u + m, m the mean over the channels of a pixel. Symmetric, so that it is its own adjoint. */
export function saturated(x: Float32Array, shape: ImageBatchShape, u: readonly number[]): Float32Array {
  const factors = u.map((value) => 2 * value);
  return pulledToMean(x, shape[1] * shape[2], shape[3], factors);
}

/** (x - m) * (u + 0.5) + m, m the mean over an image. Symmetric, so that it is its own adjoint. */
export function contrasted(x: Float32Array, shape: ImageBatchShape, u: readonly number[]): Float32Array {
  const factors = u.map((value) => value + 0.5);
  return pulledToMean(x, 1, shape[1] * shape[2] * shape[3], factors);
}

/** (x - m) * factor + m over `groups` runs of `size` values an image, m the mean of a run, one factor an image. */
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
