/**
 * The networks as pure functions of one flat parameter vector: value, gradient, and the gradient's derivative along a
 * direction. Every derivative is written by hand, without a gradient tape, so that first-order operations are enough.
 * A backend that has our own kernels for a whole pass (see fused-kernels.ts) runs those; the others run TensorFlow.js's
 * operations.
 * Legend: N examples x, each of the shape of the network's input: [H, W, C] for images, [F] for rows of a table;
 * K outputs, P parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import { convNetGradient, convNetLogits, convNetTangent } from "./convnet-passes.ts";
import type { Gradient, Tangent } from "./derivatives.ts";
import { runFused } from "./fused-kernels.ts";
import { mlpGradient, mlpLogits, mlpTangent } from "./mlp-passes.ts";

/** The outputs f(x; theta) [N, K], for x [N, ...input] and theta [P]. The caller owns them. */
export function logits(spec: NetworkSpec, theta: tf.Tensor1D, inputs: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const fused = runFused("ConvNetLogits", spec, { theta, images: inputs });
    if (fused !== null) return fused[0] as tf.Tensor2D;
    return spec.kind === "convnet"
      ? convNetLogits(spec, theta, inputs as tf.Tensor4D)
      : mlpLogits(spec, theta, inputs);
  });
}

/**
 * The loss L of the network's kind (see loss.ts), its gradient in theta [P], and the outputs [N, K], for x [N, ...input]
 * and labels y [N, K]: class weights that need not sum to 1, or targets. The caller owns the result.
 */
export function lossGradient(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  inputs: tf.Tensor,
  labels: tf.Tensor2D,
): Gradient {
  return tf.tidy(() => {
    const fused = runFused("ConvNetGradient", spec, { theta, images: inputs, labels });
    if (fused !== null) {
      const [loss, gradient, logits] = fused as [tf.Scalar, tf.Tensor1D, tf.Tensor2D];
      return { loss, gradient, logits };
    }
    return spec.kind === "convnet"
      ? convNetGradient(spec, theta, inputs as tf.Tensor4D, labels)
      : mlpGradient(spec, theta, inputs, labels);
  });
}

/**
 * The slope h = <direction, dL/dtheta> for a direction [P], and its gradients in theta, x and labels. Second
 * derivatives commute, so these are the derivatives along `direction` of dL/dtheta, dL/dx and dL/dlabels:
 * forward mode over the reverse pass (Pearlmutter, "Fast Exact Multiplication by the Hessian", Neural Computation
 * 1994). The ReLUs' masks count as constant. The caller owns the result.
 */
export function gradientTangent(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  inputs: tf.Tensor,
  labels: tf.Tensor2D,
): Tangent {
  return tf.tidy(() => {
    const fused = runFused("ConvNetTangent", spec, { theta, direction, images: inputs, labels });
    if (fused !== null) {
      const [slope, theta, inputs, labels] = fused as [tf.Scalar, tf.Tensor1D, tf.Tensor4D, tf.Tensor2D];
      return { slope, theta, inputs, labels };
    }
    return spec.kind === "convnet"
      ? convNetTangent(spec, theta, direction, inputs as tf.Tensor4D, labels)
      : mlpTangent(spec, theta, direction, inputs, labels);
  });
}
