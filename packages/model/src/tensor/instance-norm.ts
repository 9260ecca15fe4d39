import * as tf from "@tensorflow/tfjs-core";
import { centred, meanProduct, scaled, shifted } from "./spatial.ts";

const EPSILON = 1e-5;

/**
 * scale * (x - mean) / sqrt(variance + 1e-5) + offset, mean and (biased) variance over the pixels of each image and
 * channel. x [N, H, W, C], scale and offset [C].
 */
export function instanceNorm(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): tf.Tensor4D {
  const difference = centred(x);
  const variance = meanProduct(difference, difference); // [N, 1, 1, C]
  const factors: tf.Tensor4D = tf.mul(tf.rsqrt(tf.add(variance, EPSILON)), scale); // [N, 1, 1, C]
  return shifted(scaled(difference, factors), offset);
}
