import { type Augmentation, augment, augmentAdjoint } from "../synthesis/augmentation.ts";
import type { ImageBatchShape } from "../synthesis/image-batch.ts";
import { relativeError } from "./relative-error.ts";

/**
 * Augmentations of images `x` with fixed parameters, and what is known of each: its output, and its adjoint `dx`
 * applied to a cotangent. Arrays are row-major, in `shape`.
 */
export type AugmentationVector = {
  readonly shape: ImageBatchShape;
  readonly x: readonly number[];
  readonly cases: readonly {
    readonly augmentation: Augmentation;
    readonly out: readonly number[];
    readonly cotangent: readonly number[];
    readonly dx: readonly number[];
  }[];
};

/** Relative 2-norm errors of outputs and adjoints, by operation. */
export type AugmentationErrors = Record<string, { readonly out: number; readonly dx: number }>;

/** The errors of our augmentations; where an operation has several cases, its largest. */
export function augmentationErrors(vector: AugmentationVector): AugmentationErrors {
  const { shape, cases } = vector;
  const x = Float32Array.from(vector.x);
  const errors: Record<string, { out: number; dx: number }> = {};
  for (const { augmentation, out, cotangent, dx } of cases) {
    const known = errors[augmentation.op] ?? { out: 0, dx: 0 };
    const adjoint = augmentAdjoint(Float32Array.from(cotangent), shape, [augmentation]);
    errors[augmentation.op] = {
      out: Math.max(known.out, relativeError(augment(x, shape, [augmentation]), out)),
      dx: Math.max(known.dx, relativeError(adjoint, dx)),
    };
  }
  return errors;
}
