import * as tf from "@tensorflow/tfjs-core";

/**
 * log(softmax(v)) over the last axis of [N, K], right at any order of differentiation:
 * z - log(sum(exp z)), z = v - max v, with the max held constant (its gradient cancels exactly).
 * `tf.logSoftmax` is not: its gradient uses its saved output, whose own path is cut.
 */
export function logSoftmax(v: tf.Tensor2D): tf.Tensor2D {
  const shifted = tf.sub(v, constantMax(v)); // [N, K]
  return tf.sub(shifted, tf.log(tf.sum(exp(shifted), 1, true))) as tf.Tensor2D;
}

/** e^x whose gradient is recomputed from its input, recursively. */
export function exp<T extends tf.Tensor>(x: T): T {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [T, tf.GradSaveFunc];
    save([x]);
    return {
      value: tf.exp(x),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, exp(saved[0] as T)),
    };
  });
  return withGradient(x) as T;
}

function constantMax(v: tf.Tensor2D): tf.Tensor2D {
  const constant = tf.customGrad((v) => ({
    value: tf.max(v as tf.Tensor, 1, true),
    gradFunc: () => tf.zerosLike(v as tf.Tensor),
  }));
  return constant(v) as tf.Tensor2D;
}
