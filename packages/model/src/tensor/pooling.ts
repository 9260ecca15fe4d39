/** 2 x 2 average pooling and its adjoint, each the other's gradient: closed under differentiation. */
import * as tf from "@tensorflow/tfjs-core";

/** Means of 2 x 2 squares, stride 2; an odd last row or column is left out. [N, H, W, C] -> [N, H/2, W/2, C] */
export function averagePool(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  const withGradient = tf.customGrad((x) => ({
    value: tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"),
    gradFunc: (dy: tf.Tensor) => spread(dy as tf.Tensor4D, height, width),
  }));
  return withGradient(x) as tf.Tensor4D;
}

/** Adjoint of `averagePool`: a quarter of each value to each pixel of its square, zeros in an odd last row or column. */
function spread(y: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const withGradient = tf.customGrad((y) => ({
    value: spreadValue(y as tf.Tensor4D, height, width),
    gradFunc: (dx: tf.Tensor) => averagePool(dx as tf.Tensor4D),
  }));
  return withGradient(y) as tf.Tensor4D;
}

function spreadValue(y: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [, rows, columns] = y.shape;
  const quarters: tf.Tensor4D = tf.mul(y, 0.25);
  const squares: tf.Tensor4D = tf.image.resizeNearestNeighbor(quarters, [rows * 2, columns * 2]);
  if (height === rows * 2 && width === columns * 2) return squares;
  return tf.pad(squares, [
    [0, 0],
    [0, height - rows * 2],
    [0, width - columns * 2],
    [0, 0],
  ]);
}
