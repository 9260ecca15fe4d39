/**
 * What changes the synthetic set for one step of synthesis or refine: nothing, Siamese augmentation, or noise. It is
 * plain arithmetic outside what is differentiated twice, so an adjoint of first order is enough.
 */
import type { DynafedSettings } from "@tributary/protocol";
import type { Rng } from "../rng.ts";
import { augment, augmentAdjoint, drawAugmentation } from "./augmentation.ts";
import type { ImageBatchShape } from "./image-batch.ts";

/** A map of inputs [N, ...input] to changed ones, and its adjoint. Both may return what they are given. */
export type Disturbance = {
  readonly apply: (inputs: Float32Array) => Float32Array;
  /** Takes a gradient in the changed inputs back to the inputs. */
  readonly adjoint: (gradient: Float32Array) => Float32Array;
};

const nothing: Disturbance = { apply: (inputs) => inputs, adjoint: (gradient) => gradient };

/**
 * Draws the disturbance of one step for inputs of `shape`, [N, ...input]. `none` draws no random numbers; `noise` adds a
 * normal deviate times `noiseStd` to each value. Throws where `siamese` meets inputs that are not images.
 */
export function drawDisturbance(
  { augment: choice, noiseStd }: Pick<DynafedSettings, "augment" | "noiseStd">,
  shape: readonly number[],
  rng: Rng,
): Disturbance {
  switch (choice) {
    case "none":
      return nothing;
    case "siamese":
      return siamese(imageBatch(shape), rng);
    case "noise": {
      const values = shape.reduce((product, side) => product * side, 1);
      const noise = Float32Array.from({ length: values }, () => noiseStd * rng.normal());
      return { ...nothing, apply: (inputs) => inputs.map((value, i) => value + (noise[i] as number)) };
    }
    default:
      return choice satisfies never;
  }
}

function siamese(shape: ImageBatchShape, rng: Rng): Disturbance {
  const draw = drawAugmentation(shape, rng);
  return {
    apply: (inputs) => augment(inputs, shape, draw),
    adjoint: (gradient) => augmentAdjoint(gradient, shape, draw),
  };
}

function imageBatch(shape: readonly number[]): ImageBatchShape {
  const [count, height, width, channels] = shape;
  if (count === undefined || height === undefined || width === undefined || channels === undefined) {
    throw new Error(`expected images for the Siamese augmentation, got inputs of shape ${shape.join(" x ")}`);
  }
  return [count, height, width, channels];
}
