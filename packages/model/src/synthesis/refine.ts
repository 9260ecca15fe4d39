import * as tf from "@tensorflow/tfjs-core";
import type { DynafedSettings, NetworkSpec } from "@tributary/protocol";
import { parameterCount } from "../network/layout.ts";
import { requireLength } from "../requirements.ts";
import { createRng } from "../rng.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { applyStep, disposeState, initialOptimizerState, uploadState } from "../training/optimizer.ts";
import { augment, drawAugmentation } from "./augmentation.ts";
import type { ImageBatchShape } from "./image-batch.ts";
import { innerGradient } from "./inner-loss.ts";
import { imageCount, type SyntheticSet, softmaxRows } from "./synthetic-set.ts";

/**
 * Fine-tunes averaged parameters on the synthetic set: a fresh Adam at `refineRate`, `refineSteps` full-batch steps on
 * the inner loss with softmax(label logits) as targets, freshly augmented each step. The learned inner step is not used.
 * Yields to events between chunks; an abort rejects with the signal's reason.
 */
export async function refine(options: {
  readonly spec: NetworkSpec;
  readonly parameters: Float32Array;
  readonly set: SyntheticSet;
  readonly settings: DynafedSettings;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<Float32Array> {
  const { spec, parameters, set, settings, signal } = options;
  requireLength("parameters", parameters, parameterCount(spec));
  const rng = createRng(options.seed);
  const shape: ImageBatchShape = [imageCount(set), ...set.image];
  const optimizer = { kind: "adam", learningRate: settings.refineRate } as const;
  const labels = tf.tensor2d(softmaxRows(set.labelLogits, set.classes), [imageCount(set), set.classes]);
  let theta = tf.tensor1d(parameters);
  let state = uploadState(initialOptimizerState(optimizer, parameters.length));
  try {
    for (let step = 0; step < settings.refineSteps; step++) {
      const images = settings.augment ? augment(set.images, shape, drawAugmentation(shape, rng)) : set.images;
      const batch = tf.tensor4d(images, [...shape]);
      const { loss, gradient } = await innerGradient(
        spec,
        theta,
        { images: batch, labels },
        { signal },
      ).finally(() => batch.dispose());
      loss.dispose();
      const next = applyStep(optimizer, theta, gradient, state);
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
