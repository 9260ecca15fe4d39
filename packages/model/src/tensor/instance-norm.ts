import * as tf from "@tensorflow/tfjs-core";

const EPSILON = 1e-5;

/**
 * scale * (x - mean) / sqrt(variance + 1e-5) + offset, mean and (biased) variance over the pixels of each image and
 * channel. x [N, H, W, C], scale and offset [C].
 */
export function instanceNorm(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): tf.Tensor4D {
  const centred = tf.sub(x, tf.mean(x, [1, 2], true)); // [N, H, W, C] - [N, 1, 1, C]
  const variance = tf.mean(tf.square(centred), [1, 2], true); // [N, 1, 1, C]
  const factor = tf.mul(tf.rsqrt(tf.add(variance, EPSILON)), scale); // [N, 1, 1, C]
  return tf.add(tf.mul(centred, factor), offset);
}
