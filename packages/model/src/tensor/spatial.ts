/**
 * Means and products over the pixels of each image and channel, closed under differentiation: each gradient is made of
 * the others, with no more passes over memory than the formula has.
 * Legend: x, y [N, H, W, C]; one value an image and channel [N, 1, 1, C].
 */
import * as tf from "@tensorflow/tfjs-core";

/** x - mean over pixels. Linear and symmetric, so that it is its own adjoint. */
export function centred(x: tf.Tensor4D): tf.Tensor4D {
  const withGradient = tf.customGrad((x) => ({
    value: tf.sub(x as tf.Tensor4D, spatialMean(x as tf.Tensor4D)),
    gradFunc: (dy: tf.Tensor) => centred(dy as tf.Tensor4D),
  }));
  return withGradient(x) as tf.Tensor4D;
}

/** mean over pixels of x * y, [N, 1, 1, C]. */
export function meanProduct(x: tf.Tensor4D, y: tf.Tensor4D): tf.Tensor4D {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, y, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, y]);
    return {
      value: spatialMean(tf.mul(x, y)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, y] = saved as [tf.Tensor4D, tf.Tensor4D];
        const share: tf.Tensor4D = tf.mul(dy as tf.Tensor4D, 1 / pixelsOf(x));
        return [scaled(y, share), scaled(x, share)];
      },
    };
  });
  return withGradient(x, y) as tf.Tensor4D;
}

/** x * factors, factors [N, 1, 1, C]. */
export function scaled(x: tf.Tensor4D, factors: tf.Tensor4D): tf.Tensor4D {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, factors, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, factors]);
    return {
      value: tf.mul(x, factors),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, factors] = saved as [tf.Tensor4D, tf.Tensor4D];
        const cotangent = dy as tf.Tensor4D;
        return [scaled(cotangent, factors), tf.mul(meanProduct(x, cotangent), pixelsOf(x))];
      },
    };
  });
  return withGradient(x, factors) as tf.Tensor4D;
}

/** x + offset, offset [C]. */
export function shifted(x: tf.Tensor4D, offset: tf.Tensor1D): tf.Tensor4D {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, offset] = inputs as [tf.Tensor4D, tf.Tensor1D];
    return { value: tf.add(x, offset), gradFunc: (dy: tf.Tensor) => [dy, channelSums(dy as tf.Tensor4D)] };
  });
  return withGradient(x, offset) as tf.Tensor4D;
}

/** Sums over everything but channels, [C]. */
function channelSums(x: tf.Tensor4D): tf.Tensor1D {
  const { shape } = x;
  const withGradient = tf.customGrad((x) => ({
    value: tf.mul(tf.sum(spatialMean(x as tf.Tensor4D), [0, 1, 2]), pixelsOf(x as tf.Tensor4D)),
    gradFunc: (dy: tf.Tensor) => shifted(tf.fill(shape, 0), dy as tf.Tensor1D),
  }));
  return withGradient(x) as tf.Tensor1D;
}

/** A pooling over the whole image: an order of magnitude faster than `tf.mean` on wasm. No gradient of its own. */
function spatialMean(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, [x.shape[1], x.shape[2]], 1, "valid");
}

function pixelsOf(x: tf.Tensor4D): number {
  return x.shape[1] * x.shape[2];
}
