import type { ImageBatchShape } from "../image-batch.ts";

/** out[i, j] = x[i + rows, j + cols] with zeros outside, [N, H, W, C]; each image has its own shift, in pixels. */
export function cropped(
  x: Float32Array,
  shape: ImageBatchShape,
  rows: readonly number[],
  cols: readonly number[],
): Float32Array {
  const [count, height, width, channels] = shape;
  const out = new Float32Array(x.length);
  for (let n = 0; n < count; n++) {
    const [down, right] = [rows[n] as number, cols[n] as number];
    const first = Math.max(0, -right);
    const length = (Math.min(width, width - right) - first) * channels;
    if (length <= 0) continue;
    for (let i = Math.max(0, -down); i < Math.min(height, height - down); i++) {
      const target = ((n * height + i) * width + first) * channels;
      const source = ((n * height + i + down) * width + first + right) * channels;
      out.set(x.subarray(source, source + length), target);
    }
  }
  return out;
}

/** The adjoint of `cropped`: the shift back. */
export function croppedAdjoint(
  cotangent: Float32Array,
  shape: ImageBatchShape,
  rows: readonly number[],
  cols: readonly number[],
): Float32Array {
  const back = (shift: number) => -shift;
  return cropped(cotangent, shape, rows.map(back), cols.map(back));
}
