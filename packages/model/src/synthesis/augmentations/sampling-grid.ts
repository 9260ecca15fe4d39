/**
 * Bilinear sampling at an affine grid, as by PyTorch's affine_grid and grid_sample with corners aligned and zeros
 * outside. Pixel centres span [-1, 1] along each axis.
 */
import type { ImageBatchShape } from "../image-batch.ts";

/** One image's grid: source x = xx * x + xy * y, source y = yx * x + yy * y. */
export type Grid = { readonly xx: number; readonly xy: number; readonly yx: number; readonly yy: number };

/** The grids that take source points sx and sy times as far from the centre; both above 0, one for each image. */
export function scaling(sx: readonly number[], sy: readonly number[]): readonly Grid[] {
  return sx.map((xx, n) => ({ xx, xy: 0, yx: 0, yy: sy[n] as number }));
}

/** The grids that turn source points about the centre, by one angle for each image. */
export function rotation(radians: readonly number[]): readonly Grid[] {
  return radians.map((angle) => ({
    xx: Math.cos(angle),
    xy: -Math.sin(angle),
    yx: Math.sin(angle),
    yy: Math.cos(angle),
  }));
}

/** The images at the grids, [N, H, W, C]: a pixel is the weighted sum of up to four source pixels around its point. */
export function drawn(x: Float32Array, shape: ImageBatchShape, grids: readonly Grid[]): Float32Array {
  const channels = shape[3];
  const out = new Float32Array(x.length);
  forEachTap(shape, grids, (target, source, weight) => {
    for (let c = 0; c < channels; c++) {
      out[target + c] = (out[target + c] as number) + weight * (x[source + c] as number);
    }
  });
  return out;
}

/** The adjoint of `drawn`: an output pixel's cotangent goes back to the source pixels that it was made of. */
export function drawnAdjoint(
  cotangent: Float32Array,
  shape: ImageBatchShape,
  grids: readonly Grid[],
): Float32Array {
  const channels = shape[3];
  const out = new Float32Array(cotangent.length);
  forEachTap(shape, grids, (target, source, weight) => {
    for (let c = 0; c < channels; c++) {
      out[source + c] = (out[source + c] as number) + weight * (cotangent[target + c] as number);
    }
  });
  return out;
}

/** Calls `tap` with the first element of an output pixel, of a source pixel, and the weight between them. */
function forEachTap(
  shape: ImageBatchShape,
  grids: readonly Grid[],
  tap: (target: number, source: number, weight: number) => void,
): void {
  const [count, height, width, channels] = shape;
  const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
  for (let n = 0; n < count; n++) {
    const grid = grids[n] as Grid;
    for (let i = 0; i < height; i++) {
      const y = coordinate(i, middleRow);
      for (let j = 0; j < width; j++) {
        const x = coordinate(j, middleColumn);
        const column = (grid.xx * x + grid.xy * y + 1) * middleColumn;
        const row = (grid.yx * x + grid.yy * y + 1) * middleRow;
        const [left, top] = [Math.floor(column), Math.floor(row)];
        const target = ((n * height + i) * width + j) * channels;
        for (let corner = 0; corner < 4; corner++) {
          const [sourceRow, sourceColumn] = [top + (corner >> 1), left + (corner & 1)];
          if (sourceRow < 0 || sourceRow >= height || sourceColumn < 0 || sourceColumn >= width) continue;
          const weight = (1 - Math.abs(row - sourceRow)) * (1 - Math.abs(column - sourceColumn));
          tap(target, ((n * height + sourceRow) * width + sourceColumn) * channels, weight);
        }
      }
    }
  }
}

/** The coordinate of a pixel's centre, in [-1, 1]. A side of one pixel has its only centre at 0. */
function coordinate(pixel: number, middle: number): number {
  return middle === 0 ? 0 : pixel / middle - 1;
}
