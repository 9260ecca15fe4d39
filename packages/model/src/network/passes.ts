/**
 * The networks as pure functions of one flat parameter vector: value, gradient, and the gradient's derivative along a
 * direction. Every derivative is written by hand, without a gradient tape, so that first-order operations are enough.
 * A backend that has our own kernels for a whole pass (see fused-kernels.ts) runs those; the others run TensorFlow.js's
 * operations.
 * Legend: N images, H x W pixels, C channels, K classes, P parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import { convNetGradient, convNetLogits, convNetTangent } from "./convnet-passes.ts";
import type { Gradient, Tangent } from "./derivatives.ts";
import { runFused } from "./fused-kernels.ts";
import { mlpGradient, mlpLogits, mlpTangent } from "./mlp-passes.ts";

/** The logits f(images; theta) [N, K], for images [N, H, W, C] and theta [P]. The caller owns them. */
export function logits(spec: NetworkSpec, theta: tf.Tensor1D, images: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const fused = runFused("ConvNetLogits", spec, { theta, images });
    if (fused !== null) return fused[0] as tf.Tensor2D;
    return spec.kind === "convnet" ? convNetLogits(spec, theta, images) : mlpLogits(spec, theta, images);
  });
}

/**
 * The loss L = (1/N) sum_n -sum_k y_nk log softmax(f(x_n; theta))_k, its gradient in theta [P], and the logits [N,
 * K], for images x [N, H, W, C] and labels y [N, K] that need not sum to 1. The caller owns the result.
 */
export function lossGradient(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): Gradient {
  return tf.tidy(() => {
    const fused = runFused("ConvNetGradient", spec, { theta, images, labels });
    if (fused !== null) {
      const [loss, gradient, logits] = fused as [tf.Scalar, tf.Tensor1D, tf.Tensor2D];
      return { loss, gradient, logits };
    }
    return spec.kind === "convnet"
      ? convNetGradient(spec, theta, images, labels)
      : mlpGradient(spec, theta, images, labels);
  });
}

/**
 * The slope h = <direction, dL/dtheta> for a direction [P], and its gradients in theta, images and labels. Second
 * derivatives commute, so these are the derivatives along `direction` of dL/dtheta, dL/dimages and dL/dlabels:
 * forward mode over the reverse pass (Pearlmutter, "Fast Exact Multiplication by the Hessian", Neural Computation
 * 1994). The ReLUs' masks count as constant. The caller owns the result.
 */
export function gradientTangent(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): Tangent {
  return tf.tidy(() => {
    const fused = runFused("ConvNetTangent", spec, { theta, direction, images, labels });
    if (fused !== null) {
      const [slope, theta, images, labels] = fused as [tf.Scalar, tf.Tensor1D, tf.Tensor4D, tf.Tensor2D];
      return { slope, theta, images, labels };
    }
    return spec.kind === "convnet"
      ? convNetTangent(spec, theta, direction, images, labels)
      : mlpTangent(spec, theta, direction, images, labels);
  });
}
