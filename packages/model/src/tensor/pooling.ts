/** Average pooling and its adjoint. Legend: N images, H x W pixels, C channels. */
import * as tf from "@tensorflow/tfjs-core";

/** Means of 2 x 2 squares, [N, H, W, C] to [N, H/2, W/2, C]. An odd last row or column is left out. */
export function averagePool(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 2, 2, "valid");
}

/**
 * Adjoint of `averagePool` for inputs of `height` x `width`: each pixel of a square gets a quarter of its value, an odd
 * last row or column zeros. Repeating pixels is fast on every backend; wasm's AvgPoolGrad takes seven times as long.
 */
export function averagePoolAdjoint(dy: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [, rows, columns] = dy.shape;
  const quarters: tf.Tensor4D = tf.mul(dy, 0.25);
  const squares: tf.Tensor4D = tf.image.resizeNearestNeighbor(quarters, [rows * 2, columns * 2]);
  if (height === rows * 2 && width === columns * 2) return squares;
  return tf.pad4d(squares, [
    [0, 0],
    [0, height - rows * 2],
    [0, width - columns * 2],
    [0, 0],
  ]);
}

/** 1 where x > 0, else 0, for x of at least 0. tf.sign is faster in TensorFlow, where tf.step is six operations. */
export function positive<T extends tf.Tensor>(x: T): T {
  return tf.getBackend() === "tensorflow" ? tf.sign(x) : tf.step(x);
}

/** Means over all pixels, [N, 1, 1, C]. Pooling over the whole image needs no transposition. */
export function spatialMean(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, [x.shape[1], x.shape[2]], 1, "valid");
}
