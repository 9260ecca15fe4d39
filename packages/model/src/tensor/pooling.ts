/** Average pooling and its adjoint. Legend: [N, H, W, C] images. */
import * as tf from "@tensorflow/tfjs-core";

/** Means of 2 x 2 squares, stride 2; an odd last row or column is left out. [N, H, W, C] -> [N, H/2, W/2, C] */
export function averagePool(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 2, 2, "valid");
}

/** Adjoint of `averagePool`: a quarter of each value to each pixel of its square, zeros in an odd last row or column. */
export function averagePoolAdjoint(dy: tf.Tensor4D, input: tf.Tensor4D): tf.Tensor4D {
  const attributes = { filterSize: 2, strides: 2, pad: "valid" };
  return tf.engine().runKernel("AvgPoolGrad", { dy, input }, attributes) as tf.Tensor4D;
}

/** Means over all pixels, [N, 1, 1, C]: a pooling over the whole image, which needs no transposition. */
export function spatialMean(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, [x.shape[1], x.shape[2]], 1, "valid");
}
