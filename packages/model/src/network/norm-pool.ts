/**
 * Instance norm with affine, ReLU and 2 x 2 average pooling as one unit: its value, the derivative of that along a
 * direction, its adjoint, and the derivative of the adjoint along the same direction.
 * With d = u - mean u, r = 1 / sqrt(mean d^2 + 1e-5), s = scale r (means over the pixels of each image and channel):
 * a = d s + offset, m = [a > 0], pooled = P(m a), P the pooling.
 * Legend: N images, H x W pixels, C channels; u, d, a [N, H, W, C]; r, s and all means [N, 1, 1, C]; scale, offset [C].
 * `dot` marks the derivative along the direction, `bar` the gradient.
 */
import * as tf from "@tensorflow/tfjs-core";
import { averagePool, averagePoolAdjoint, positive, spatialMean } from "../tensor/pooling.ts";

const EPSILON = 1e-5;

export type NormPool = {
  readonly difference: tf.Tensor4D;
  readonly spread: tf.Tensor4D;
  /** 1 where the ReLU lets through, else 0. */
  readonly mask: tf.Tensor4D;
  /** [N, H/2, W/2, C] */
  readonly pooled: tf.Tensor4D;
};

export function normPool(u: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): NormPool {
  return tf.tidy(() => {
    const difference = tf.sub(u, spatialMean(u)) as tf.Tensor4D;
    const variance = spatialMean(tf.square(difference));
    const spread = tf.rsqrt(tf.add(variance, EPSILON)) as tf.Tensor4D;
    const passed = tf.relu(tf.add(tf.mul(difference, tf.mul(spread, scale)), offset)) as tf.Tensor4D;
    return { difference, spread, mask: positive(passed), pooled: averagePool(passed) };
  });
}

/** What the adjoint gives, and what its derivative needs of it. */
export type NormPoolAdjoint = {
  /** Gradients in u [N, H, W, C], scale and offset [C]. */
  readonly u: tf.Tensor4D;
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
  /** aBar [N, H, W, C], mean aBar, mean(aBar d). */
  readonly masked: tf.Tensor4D;
  readonly mean: tf.Tensor4D;
  readonly product: tf.Tensor4D;
};

/**
 * aBar = m P^T(pooledBar); uBar = s (aBar - mean aBar - d r^2 mean(aBar d));
 * scaleBar = sum_n HW r mean(aBar d); offsetBar = sum_n HW mean aBar.
 */
export function normPoolAdjoint(
  { difference, spread, mask }: NormPool,
  scale: tf.Tensor1D,
  pooledBar: tf.Tensor4D,
): NormPoolAdjoint {
  return tf.tidy(() => {
    const masked = reluPoolAdjoint(pooledBar, mask);
    const mean = spatialMean(masked);
    const product = spatialMean(tf.mul(masked, difference));
    const factor = tf.mul(spread, scale);
    const pull = tf.mul(tf.mul(factor, tf.square(spread)), product);
    const centred = tf.sub(tf.mul(masked, factor), tf.mul(factor, mean));
    return {
      u: tf.sub(centred, tf.mul(difference, pull)) as tf.Tensor4D,
      scale: pixelSums(tf.mul(spread, product), mask),
      offset: pixelSums(mean, mask),
      masked,
      mean,
      product,
    };
  });
}

export type NormPoolTangent = {
  /** dDot [N, H, W, C], rDot, pooledDot. */
  readonly difference: tf.Tensor4D;
  readonly spread: tf.Tensor4D;
  readonly pooled: tf.Tensor4D;
};

/** dDot = uDot - mean uDot; rDot = -r^3 mean(d dDot); aDot = dDot s + d sDot + offsetDot; pooledDot = P(m aDot). */
export function normPoolTangent(
  { difference, spread, mask }: NormPool,
  scale: tf.Tensor1D,
  uDot: tf.Tensor4D,
  scaleDot: tf.Tensor1D,
  offsetDot: tf.Tensor1D,
): NormPoolTangent {
  return tf.tidy(() => {
    const differenceDot = tf.sub(uDot, spatialMean(uDot)) as tf.Tensor4D;
    const shared = spatialMean(tf.mul(difference, differenceDot));
    const spreadDot = tf.neg(tf.mul(tf.mul(tf.square(spread), spread), shared)) as tf.Tensor4D;
    const factorDot = tf.add(tf.mul(spread, scaleDot), tf.mul(spreadDot, scale));
    const turned = tf.add(tf.mul(difference, factorDot), offsetDot);
    const activationDot = tf.add(tf.mul(differenceDot, tf.mul(spread, scale)), turned);
    const pooled = averagePool(tf.mul(activationDot, mask) as tf.Tensor4D);
    return { difference: differenceDot, spread: spreadDot, pooled };
  });
}

/** The derivatives of `normPoolAdjoint`'s uBar, scaleBar and offsetBar, by the product rule. */
export function normPoolAdjointTangent(
  { difference, spread, mask }: NormPool,
  adjoint: NormPoolAdjoint,
  tangent: NormPoolTangent,
  scale: tf.Tensor1D,
  scaleDot: tf.Tensor1D,
  pooledBarDot: tf.Tensor4D,
): { readonly u: tf.Tensor4D; readonly scale: tf.Tensor1D; readonly offset: tf.Tensor1D } {
  return tf.tidy(() => {
    const maskedDot = reluPoolAdjoint(pooledBarDot, mask);
    const meanDot = spatialMean(maskedDot);
    const productDot = tf.add(
      spatialMean(tf.mul(maskedDot, difference)),
      spatialMean(tf.mul(adjoint.masked, tangent.difference)),
    );
    const factor = tf.mul(spread, scale);
    const factorDot = tf.add(tf.mul(spread, scaleDot), tf.mul(tangent.spread, scale));
    // uBar = aBar s + d c + k with c = -s r^2 mean(aBar d) and k = -s mean aBar.
    const weight = tf.mul(tf.square(spread), adjoint.product);
    const spreading = tf.mul(tf.mul(tf.mul(spread, tangent.spread), 2), adjoint.product);
    const weightDot = tf.add(spreading, tf.mul(tf.square(spread), productDot));
    const c = tf.neg(tf.mul(factor, weight));
    const cDot = tf.neg(tf.add(tf.mul(factorDot, weight), tf.mul(factor, weightDot)));
    const kDot = tf.neg(tf.add(tf.mul(factorDot, adjoint.mean), tf.mul(factor, meanDot)));
    const terms = [
      tf.mul(maskedDot, factor),
      tf.mul(adjoint.masked, factorDot),
      tf.mul(tangent.difference, c),
      tf.mul(difference, cDot),
    ];
    const scaleTerm = tf.add(tf.mul(tangent.spread, adjoint.product), tf.mul(spread, productDot));
    return {
      u: tf.add(tf.addN(terms), kDot) as tf.Tensor4D,
      scale: pixelSums(scaleTerm as tf.Tensor4D, mask),
      offset: pixelSums(meanDot, mask),
    };
  });
}

/** m P^T(pooledBar) */
function reluPoolAdjoint(pooledBar: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D {
  return tf.mul(averagePoolAdjoint(pooledBar, mask.shape[1], mask.shape[2]), mask);
}

/** Sums over images and pixels [C], of means over pixels. */
function pixelSums(means: tf.Tensor, image: tf.Tensor4D): tf.Tensor1D {
  const [, height, width] = image.shape;
  return tf.mul(tf.sum(means, [0, 1, 2]), height * width) as tf.Tensor1D;
}
