import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec, Preprocessing } from "@tributary/protocol";
import { chunkLength } from "../network/chunks.ts";
import { crossEntropy } from "../network/cross-entropy.ts";
import { parameterCount } from "../network/layout.ts";
import { logits as logitsOf } from "../network/passes.ts";
import { requireLength } from "../requirements.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { yieldToEvents } from "../tensor/yield-to-events.ts";
import { makeBatch, requireFit } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import { countRight } from "./train-locally.ts";

/** Images in a batch; fewer where so many would hold up the events. */
const MOST_IMAGES = 100;

/**
 * Share of right answers (0..1) and mean cross-entropy over the whole dataset, for `parameters` [P]. Events have
 * their turn between batches. Throws on a dataset or vector that does not fit the network; an abort rejects with the
 * signal's reason.
 */
export async function evaluate(options: {
  readonly spec: NetworkSpec;
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  readonly signal?: AbortSignal | undefined;
}): Promise<{ readonly accuracy: number; readonly loss: number }> {
  const { spec, parameters, dataset, preprocessing, signal } = options;
  const batchSize = Math.min(MOST_IMAGES, chunkLength(spec, "logits"));
  requireFit(spec, dataset);
  requireLength("parameters", parameters, parameterCount(spec));
  const theta = tf.tensor1d(parameters);
  let [loss, right] = [0, 0];
  try {
    for (let at = 0; at < dataset.count; at += batchSize) {
      if (signal?.aborted) throw signal.reason;
      const count = Math.min(batchSize, dataset.count - at);
      const totals = tf.tidy(() => {
        const examples = Uint32Array.from({ length: count }, (_, i) => at + i);
        const { images, labels } = makeBatch(dataset, preprocessing, spec.classes, examples);
        return totalsOf(logitsOf(spec, theta, images), labels);
      });
      const [batchLoss = 0, batchRight = 0] = await totals.data();
      totals.dispose();
      loss += batchLoss;
      right += batchRight;
      await yieldToEvents();
    }
  } finally {
    theta.dispose();
  }
  return { accuracy: right / dataset.count, loss: loss / dataset.count };
}

/** Summed cross-entropy and right answers of a batch, [2]. Call it inside a `tf.tidy`. */
function totalsOf(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor {
  const { loss } = crossEntropy(logits, labels);
  return tf.stack([tf.mul(loss, logits.shape[0]), countRight(logits, labels)]);
}
