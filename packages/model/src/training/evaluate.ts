import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec, Preprocessing } from "@tributary/protocol";
import type { Dataset } from "../data/dataset.ts";
import { forward } from "../network/forward.ts";
import { parameterCount } from "../network/layout.ts";
import { yieldToEvents } from "../tensor/yield-to-events.ts";
import { makeBatch, requireFit, requireLength } from "./batches.ts";
import { countRight, summedCrossEntropy } from "./train-locally.ts";

/**
 * Share of right answers (0..1) and mean cross-entropy over the whole dataset. Yields to events between batches.
 * Throws on a dataset or vector that does not fit the network.
 */
export async function evaluate(options: {
  readonly spec: NetworkSpec;
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  readonly batchSize?: number;
}): Promise<{ readonly accuracy: number; readonly loss: number }> {
  const { spec, parameters, dataset, preprocessing, batchSize = 100 } = options;
  requireFit(spec, dataset);
  requireLength("parameters", parameters, parameterCount(spec));
  const theta = tf.tensor1d(parameters);
  let [loss, right] = [0, 0];
  try {
    for (let at = 0; at < dataset.count; at += batchSize) {
      const examples = Uint32Array.from(
        { length: Math.min(batchSize, dataset.count - at) },
        (_, i) => at + i,
      );
      const totals = tf.tidy(() => {
        const { images, labels } = makeBatch(dataset, preprocessing, examples);
        const logits = forward(spec, theta, images);
        return tf.stack([summedCrossEntropy(logits, labels), countRight(logits, labels)]);
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
