import * as tf from "@tensorflow/tfjs-core";

/** How many rows of `logits` [B, K] have their largest value where `labels` [B, K] have theirs. The caller owns it. */
export function countRight(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), tf.argMax(labels, 1)), "float32"));
}
