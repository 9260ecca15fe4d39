/**
 * Differentiable Siamese augmentation (Zhao and Bilen, "Dataset Condensation with Differentiable Siamese
 * Augmentation", ICML 2021) as DynaFed uses it: operations with explicit parameters for each image, their outputs and
 * their adjoints. It is plain arithmetic on Float32Array, because it lies outside what is differentiated twice, and
 * so gives the same values whatever the tensor backend.
 * Legend: N images, H x W pixels, C channels; images lie row-major, [N, H, W, C].
 */
import type { Rng } from "../rng.ts";
import { brightened, contrasted, saturated } from "./augmentations/color.ts";
import { cropped, croppedAdjoint } from "./augmentations/crop.ts";
import { cutOut } from "./augmentations/cutout.ts";
import { flipped } from "./augmentations/flip.ts";
import { drawn, drawnAdjoint, rotation, scaling } from "./augmentations/sampling-grid.ts";
import type { ImageBatchShape } from "./image-batch.ts";

/** One operation with what was drawn for it. Arrays have one value for each image. */
export type Augmentation =
  /** x + (u - 0.5); u in [0, 1) */
  | { readonly op: "brightness"; readonly u: readonly number[] }
  /** (x - mean over channels) * 2u + mean */
  | { readonly op: "saturation"; readonly u: readonly number[] }
  /** (x - mean over the image) * (u + 0.5) + mean */
  | { readonly op: "contrast"; readonly u: readonly number[] }
  /** out[i, j] = x[i + rows, j + cols], zeros outside */
  | { readonly op: "crop"; readonly rows: readonly number[]; readonly cols: readonly number[] }
  /** A size x size square with its top left at (rows, cols) - floor(size / 2), clamped to the image, set to 0. */
  | {
      readonly op: "cutout";
      readonly size: number;
      readonly rows: readonly number[];
      readonly cols: readonly number[];
    }
  /** Mirrored left to right. */
  | { readonly op: "flip"; readonly flipped: readonly boolean[] }
  /** Bilinear at the grid [[sx, 0], [0, sy]] of coordinates in [-1, 1], corners aligned, zeros outside. */
  | { readonly op: "scale"; readonly sx: readonly number[]; readonly sy: readonly number[] }
  /** The same at [[cos, -sin], [sin, cos]]. */
  | { readonly op: "rotate"; readonly radians: readonly number[] };

/** The operations of one inner step, in the order in which they are applied. */
export type AugmentationDraw = readonly Augmentation[];

const LARGEST_SHIFT = 0.125;
const CUTOUT_SHARE = 0.5;
const LARGEST_SCALE = 1.2;
const LARGEST_ANGLE = (15 / 180) * Math.PI;

/** Draws one of color, crop, cutout, flip, scale and rotate, all alike likely, with parameters for each image. */
export function drawAugmentation(shape: ImageBatchShape, rng: Rng): AugmentationDraw {
  const each: Each = (draw) => Array.from({ length: shape[0] }, draw);
  switch (rng.integer(6)) {
    case 0:
      return [
        { op: "brightness", u: each(rng.uniform) },
        { op: "saturation", u: each(rng.uniform) },
        { op: "contrast", u: each(rng.uniform) },
      ];
    case 1:
      return [drawCrop(shape, rng, each)];
    case 2:
      return [drawCutout(shape, rng, each)];
    case 3:
      return [{ op: "flip", flipped: each(rng.uniform).map((u) => u < 0.5) }];
    case 4:
      return [drawScale(rng, each)];
    default:
      return [{ op: "rotate", radians: each(() => (2 * rng.uniform() - 1) * LARGEST_ANGLE) }];
  }
}

/** Draws once for each image. */
type Each = (draw: () => number) => number[];

function drawCrop([, height, width]: ImageBatchShape, rng: Rng, each: Each): Augmentation {
  const shift = (side: number) => {
    const largest = Math.floor(side * LARGEST_SHIFT + 0.5);
    return () => rng.integer(2 * largest + 1) - largest;
  };
  return { op: "crop", rows: each(shift(height)), cols: each(shift(width)) };
}

function drawCutout([, height, width]: ImageBatchShape, rng: Rng, each: Each): Augmentation {
  const size = Math.floor(height * CUTOUT_SHARE + 0.5);
  const centre = (side: number) => () => rng.integer(side + (1 - (size % 2)));
  return { op: "cutout", size, rows: each(centre(height)), cols: each(centre(width)) };
}

function drawScale(rng: Rng, each: Each): Augmentation {
  const factor = () => rng.uniform() * (LARGEST_SCALE - 1 / LARGEST_SCALE) + 1 / LARGEST_SCALE;
  return { op: "scale", sx: each(factor), sy: each(factor) };
}

/** The augmented images, [N, H, W, C]. An empty draw gives `x` itself. */
export function augment(x: Float32Array, shape: ImageBatchShape, draw: AugmentationDraw): Float32Array {
  return draw.reduce((images, augmentation) => augmentOnce(images, shape, augmentation), x);
}

/**
 * The adjoint of `augment`: the gradient in x of sum(augment(x) * cotangent), [N, H, W, C]. Every operation is affine
 * in x, so that x itself is not needed.
 */
export function augmentAdjoint(
  cotangent: Float32Array,
  shape: ImageBatchShape,
  draw: AugmentationDraw,
): Float32Array {
  return draw.reduceRight((images, augmentation) => adjointOnce(images, shape, augmentation), cotangent);
}

function augmentOnce(x: Float32Array, shape: ImageBatchShape, by: Augmentation): Float32Array {
  switch (by.op) {
    case "brightness":
      return brightened(x, shape, by.u);
    case "saturation":
      return saturated(x, shape, by.u);
    case "contrast":
      return contrasted(x, shape, by.u);
    case "crop":
      return cropped(x, shape, by.rows, by.cols);
    case "cutout":
      return cutOut(x, shape, by.size, by.rows, by.cols);
    case "flip":
      return flipped(x, shape, by.flipped);
    case "scale":
      return drawn(x, shape, scaling(by.sx, by.sy));
    case "rotate":
      return drawn(x, shape, rotation(by.radians));
    default:
      return by satisfies never;
  }
}

function adjointOnce(cotangent: Float32Array, shape: ImageBatchShape, by: Augmentation): Float32Array {
  switch (by.op) {
    case "brightness":
      return cotangent;
    // Saturation, contrast, cutout and flip are symmetric: each is its own adjoint.
    case "saturation":
      return saturated(cotangent, shape, by.u);
    case "contrast":
      return contrasted(cotangent, shape, by.u);
    case "cutout":
      return cutOut(cotangent, shape, by.size, by.rows, by.cols);
    case "flip":
      return flipped(cotangent, shape, by.flipped);
    case "crop":
      return croppedAdjoint(cotangent, shape, by.rows, by.cols);
    case "scale":
      return drawnAdjoint(cotangent, shape, scaling(by.sx, by.sy));
    case "rotate":
      return drawnAdjoint(cotangent, shape, rotation(by.radians));
    default:
      return by satisfies never;
  }
}
