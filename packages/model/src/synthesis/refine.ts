/** The refine of a round: fine-tuning on the synthetic set. Legend: P parameters. */
import * as tf from "@tensorflow/tfjs-core";
import type { DynafedSettings, NetworkSpec, OptimizerSpec } from "@tributary/protocol";
import { parameterCount } from "../network/layout.ts";
import { requireLength } from "../requirements.ts";
import { createRng } from "../rng.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { applyStep, disposeState, initialOptimizerState, uploadState } from "../training/optimizer.ts";
import { drawDisturbance } from "./disturbance.ts";
import { innerGradient } from "./inner-loss.ts";
import { type SyntheticSet, setSize, softmaxRows } from "./synthetic-set.ts";

/** What is fine-tuned, and on what. */
type RefineOptions = {
  readonly spec: NetworkSpec;
  /** The parameters to begin with, [P]. */
  readonly parameters: Float32Array;
  readonly set: SyntheticSet;
  readonly settings: DynafedSettings;
  /** Fixes the augmentations, a uint32. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Fine-tunes parameters on a synthetic set, as DynaFed does (Pi et al., CVPR 2023): `refineSteps` steps of a fresh
 * Adam at `refineRate`, each on the whole set, freshly augmented, along the gradient of the inner loss (see
 * inner-loss.ts) with softmax(label logits) as labels. The set's own inner step is not used. The result is [P].
 * Events have their turn between chunks. Throws where `parameters` do not fit the network; an abort rejects with the
 * signal's reason.
 */
export async function refine(options: RefineOptions): Promise<Float32Array> {
  const { spec, parameters, set, settings } = options;
  requireLength("parameters", parameters, parameterCount(spec));
  const rng = createRng(options.seed);
  const shape = [setSize(set), ...set.input];
  const labels = tf.tensor2d(softmaxRows(set.labelLogits, set.classes), [setSize(set), set.classes]);
  let theta = tf.tensor1d(parameters);
  let state = uploadState(initialOptimizerState(optimizerOf(settings), parameters.length));
  try {
    for (let step = 0; step < settings.refineSteps; step++) {
      const inputs = drawDisturbance(settings, shape, rng).apply(set.inputs);
      const gradient = await gradientOn(inputs, shape, labels, theta, options);
      const next = applyStep(optimizerOf(settings), theta, gradient, state);
      tf.dispose([theta, gradient]);
      disposeState(state);
      theta = next.value;
      state = next.state;
    }
    return await theta.data<"float32">();
  } finally {
    tf.dispose([theta, labels]);
    disposeState(state);
  }
}

function optimizerOf({ refineRate }: DynafedSettings): OptimizerSpec {
  return { kind: "adam", learningRate: refineRate };
}

/** The gradient of the inner loss at theta, [P], on the given inputs. The caller owns it. */
async function gradientOn(
  inputs: Float32Array,
  shape: readonly number[],
  labels: tf.Tensor2D,
  theta: tf.Tensor1D,
  { spec, signal }: RefineOptions,
): Promise<tf.Tensor1D> {
  const batch = { inputs: tf.tensor(inputs, [...shape], "float32"), labels };
  try {
    const { loss, gradient } = await innerGradient(spec, theta, batch, { signal });
    loss.dispose();
    return gradient;
  } finally {
    batch.inputs.dispose();
  }
}
