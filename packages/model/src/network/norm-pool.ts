/**
 * Instance norm with affine, ReLU and 2 x 2 average pooling as one unit: its value, the value's derivative along a
 * direction, its adjoint, and the adjoint's derivative along the same direction. With means over the pixels of each
 * image and channel: d = u - mean u, r = 1 / sqrt(mean d^2 + 1e-5), s = scale r, a = d s + offset, m = [a > 0] and
 * pooled = P(m a), where P is the pooling. The caller owns every argument and every result.
 * Legend: N images, H x W pixels, C channels; u, d, a [N, H, W, C]; r, s and all means [N, 1, 1, C]; scale, offset
 * [C]. `dot` marks the derivative along the direction, `bar` the gradient.
 */
import * as tf from "@tensorflow/tfjs-core";
import { averagePool, averagePoolAdjoint, positive, spatialMean } from "../tensor/pooling.ts";

const EPSILON = 1e-5;

/** The value, and what the derivatives need of it. */
export type NormPool = {
  /** d, [N, H, W, C] */
  readonly difference: tf.Tensor4D;
  /** r, [N, 1, 1, C] */
  readonly spread: tf.Tensor4D;
  /** m, [N, H, W, C]: 1 where the ReLU lets a value through, else 0. */
  readonly mask: tf.Tensor4D;
  /** [N, H/2, W/2, C] */
  readonly pooled: tf.Tensor4D;
};

/** Normalises, rectifies and pools u [N, H, W, C]. */
export function normPool(u: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): NormPool {
  return tf.tidy(() => {
    const difference = tf.sub(u, spatialMean(u)) as tf.Tensor4D;
    const variance = spatialMean(tf.square(difference));
    const spread = tf.rsqrt(tf.add(variance, EPSILON)) as tf.Tensor4D;
    const passed = tf.relu(tf.add(tf.mul(difference, tf.mul(spread, scale)), offset)) as tf.Tensor4D;
    return { difference, spread, mask: positive(passed), pooled: averagePool(passed) };
  });
}

/** The gradients, and what their derivatives need of them. */
export type NormPoolAdjoint = {
  /** uBar, [N, H, W, C] */
  readonly u: tf.Tensor4D;
  /** scaleBar and offsetBar, [C] */
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
  /** aBar, [N, H, W, C] */
  readonly masked: tf.Tensor4D;
  /** mean aBar and mean(aBar d), [N, 1, 1, C] */
  readonly mean: tf.Tensor4D;
  readonly product: tf.Tensor4D;
};

/**
 * The gradients for pooledBar [N, H/2, W/2, C]: aBar = m P^T(pooledBar);
 * uBar = s (aBar - mean aBar - d r^2 mean(aBar d)); scaleBar = sum_n HW r mean(aBar d); offsetBar = sum_n HW mean aBar.
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

/** The derivative of the value along a direction, and what that of the adjoint needs of it. */
export type NormPoolTangent = {
  /** dDot, [N, H, W, C] */
  readonly difference: tf.Tensor4D;
  /** rDot, [N, 1, 1, C] */
  readonly spread: tf.Tensor4D;
  /** pooledDot, [N, H/2, W/2, C] */
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

/** The derivatives of uBar, scaleBar and offsetBar of `normPoolAdjoint`, by the product rule. */
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

/** m P^T(pooledBar), [N, H, W, C] */
function reluPoolAdjoint(pooledBar: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D {
  return tf.mul(averagePoolAdjoint(pooledBar, mask.shape[1], mask.shape[2]), mask);
}

/** Sums over images and pixels [C], from means over pixels. */
function pixelSums(means: tf.Tensor, image: tf.Tensor4D): tf.Tensor1D {
  const [, height, width] = image.shape;
  return tf.mul(tf.sum(means, [0, 1, 2]), height * width) as tf.Tensor1D;
}
