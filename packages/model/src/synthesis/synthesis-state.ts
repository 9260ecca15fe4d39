import type { DynafedSettings, ImageShape, NetworkSpec } from "@tributary/protocol";
import { createRng, type RngState } from "../rng.ts";
import { type Learned, startLearning } from "./adam.ts";
import type { SyntheticSet } from "./synthetic-set.ts";

/** All that synthesis carries from one iteration to the next. */
export type SynthesisState = {
  /** Iterations done. */
  readonly iteration: number;
  readonly rng: RngState;
  readonly imagesPerClass: number;
  readonly image: ImageShape;
  readonly classes: number;
  readonly images: Learned<Float32Array>;
  readonly labelLogits: Learned<Float32Array>;
  /** One value. */
  readonly innerStep: Learned<Float64Array>;
  /** D of every iteration so far. */
  readonly distances: readonly number[];
};

/** Images N(0, 1), in order of class; label logits and inner step as the settings say. */
export function initialSynthesisState(
  spec: NetworkSpec,
  settings: DynafedSettings,
  seed: number,
): SynthesisState {
  const rng = createRng(seed);
  const count = settings.imagesPerClass * spec.classes;
  const pixels = spec.image[0] * spec.image[1] * spec.image[2];
  const images = Float32Array.from({ length: count * pixels }, () => rng.normal());
  return {
    iteration: 0,
    rng: rng.state(),
    imagesPerClass: settings.imagesPerClass,
    image: spec.image,
    classes: spec.classes,
    images: startLearning(images),
    labelLogits: startLearning(initialLabelLogits(spec.classes, settings)),
    innerStep: startLearning(Float64Array.of(settings.innerStep)),
    distances: [],
  };
}

/** One-hot times `labelStart`, [classes * imagesPerClass, classes]. */
function initialLabelLogits(classes: number, settings: DynafedSettings): Float32Array {
  const logits = new Float32Array(classes * settings.imagesPerClass * classes);
  for (let image = 0; image * classes < logits.length; image++) {
    logits[image * classes + Math.floor(image / settings.imagesPerClass)] = settings.labelStart;
  }
  return logits;
}

/** A copy of what has been learned. */
export function syntheticSetOf(state: SynthesisState): SyntheticSet {
  const { imagesPerClass, image, classes } = state;
  return {
    imagesPerClass,
    image,
    classes,
    images: state.images.values.slice(),
    labelLogits: state.labelLogits.values.slice(),
    innerStep: state.innerStep.values[0] as number,
  };
}
