import {
  classesOf,
  type DynafedSettings,
  inputShapeOf,
  inputSizeOf,
  type NetworkSpec,
} from "@tributary/protocol";
import { createRng, type RngState } from "../rng.ts";
import { type Learned, startLearning } from "./adam.ts";
import type { MatchState } from "./match-state.ts";
import type { SyntheticSet } from "./synthetic-set.ts";

/** Everything that a synthesis carries from one iteration to the next. Legend: N images or rows, K classes. */
export type SynthesisState = {
  /** Iterations done. */
  readonly iteration: number;
  readonly rng: RngState;
  readonly imagesPerClass: number;
  /** The shape of one image or row; see `SyntheticSet`. */
  readonly input: readonly number[];
  readonly classes: number;
  /** [N, ...input] */
  readonly inputs: Learned<Float32Array>;
  /** [N, K] */
  readonly labelLogits: Learned<Float32Array>;
  /** The step size of the inner SGD, one value. */
  readonly innerStep: Learned<Float64Array>;
  /** Moving averages of inputs and label logits over the iterations; null where the settings ask for none. */
  readonly averages: Averages | null;
  /** D of every iteration done. */
  readonly distances: readonly number[];
  /** How far the next iteration has come, where a checkpoint was made in its middle. */
  readonly match: MatchState | null;
};

/**
 * Sums a^0 = 0, a^n = decay a^{n-1} + (1 - decay) x^n, which `averageInPlace` changes. The average after n iterations
 * is a^n / (1 - decay^n).
 */
export type Averages = {
  readonly decay: number;
  readonly inputs: Float32Array;
  readonly labelLogits: Float32Array;
};

/**
 * The state before the first iteration. It begins from a copy of `warmStart` where there is one; else with inputs
 * drawn from N(0, 1), in order of class, and with label logits and inner step as in the settings. The moments of Adam
 * begin at zero either way. Throws where `seed` is not a uint32.
 */
export function initialSynthesisState(
  spec: NetworkSpec,
  settings: DynafedSettings,
  seed: number,
  warmStart: SyntheticSet | null = null,
): SynthesisState {
  const rng = createRng(seed);
  const classes = classesOf(spec);
  const values = settings.imagesPerClass * classes * inputSizeOf(spec);
  const inputs = warmStart?.inputs.slice() ?? Float32Array.from({ length: values }, rng.normal);
  const labelLogits = warmStart?.labelLogits.slice() ?? initialLabelLogits(classes, settings);
  return {
    iteration: 0,
    rng: rng.state(),
    imagesPerClass: settings.imagesPerClass,
    input: inputShapeOf(spec),
    classes,
    inputs: startLearning(inputs),
    labelLogits: startLearning(labelLogits),
    innerStep: startLearning(Float64Array.of(warmStart?.innerStep ?? settings.innerStep)),
    averages: settings.imageAverage === 0 ? null : startAverages(settings, inputs, labelLogits),
    distances: [],
    match: null,
  };
}

/** One-hot labels times `labelStart`, [classes * imagesPerClass, classes]. */
function initialLabelLogits(classes: number, settings: DynafedSettings): Float32Array {
  const logits = new Float32Array(classes * settings.imagesPerClass * classes);
  for (let row = 0; row * classes < logits.length; row++) {
    logits[row * classes + Math.floor(row / settings.imagesPerClass)] = settings.labelStart;
  }
  return logits;
}

function startAverages(
  { imageAverage }: DynafedSettings,
  inputs: Float32Array,
  labelLogits: Float32Array,
): Averages {
  return {
    decay: imageAverage,
    inputs: new Float32Array(inputs.length),
    labelLogits: new Float32Array(labelLogits.length),
  };
}

/** Takes what has been learned by now into the moving averages, where there are some. */
export function averageInPlace({ averages, inputs, labelLogits }: SynthesisState): void {
  if (averages === null) return;
  const { decay } = averages;
  for (const [average, { values }] of [
    [averages.inputs, inputs],
    [averages.labelLogits, labelLogits],
  ] as const) {
    for (let i = 0; i < values.length; i++) {
      average[i] = decay * (average[i] as number) + (1 - decay) * (values[i] as number);
    }
  }
}

/** A copy of what has been learned; the moving averages of it, where there are some. */
export function syntheticSetOf(state: SynthesisState): SyntheticSet {
  const { imagesPerClass, input, classes, averages, iteration } = state;
  const bias = averages === null || iteration === 0 ? null : 1 - averages.decay ** iteration;
  const read = (learned: Float32Array, average: Float32Array | undefined) =>
    bias === null || average === undefined ? learned.slice() : average.map((value) => value / bias);
  return {
    imagesPerClass,
    input,
    classes,
    inputs: read(state.inputs.values, averages?.inputs),
    labelLogits: read(state.labelLogits.values, averages?.labelLogits),
    innerStep: state.innerStep.values[0] as number,
  };
}
