import * as tf from "@tensorflow/tfjs-core";

/**
 * log(softmax(v)) over the last axis of [N, K], right at any order of differentiation:
 * z - log(sum(exp z)), z = v - max v, with the max held constant (its gradient cancels exactly).
 * `tf.logSoftmax` is not: it is a custom gradient over its saved output, whose own path is cut.
 */
export function logSoftmax(v: tf.Tensor2D): tf.Tensor2D {
  const shifted = tf.sub(v, constantMax(v)); // [N, K]
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true))) as tf.Tensor2D;
}

function constantMax(v: tf.Tensor2D): tf.Tensor2D {
  const constant = tf.customGrad((v) => ({
    value: tf.max(v as tf.Tensor, 1, true),
    gradFunc: () => tf.zeros((v as tf.Tensor).shape),
  }));
  return constant(v) as tf.Tensor2D;
}
