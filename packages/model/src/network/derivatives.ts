/**
 * What the passes of every network result in.
 * Legend: N images, H x W pixels, C channels, K classes, P parameters.
 */
import type * as tf from "@tensorflow/tfjs-core";

/** The loss L = (1/N) sum_n -sum_k y_nk log softmax(f(x_n; theta))_k, and its gradient in theta. */
export type Gradient = {
  /** L */
  readonly loss: tf.Scalar;
  /** dL/dtheta, [P] */
  readonly gradient: tf.Tensor1D;
  /** f(x; theta), [N, K] */
  readonly logits: tf.Tensor2D;
};

/** The slope h = <direction, dL/dtheta> and its gradients, with the direction held constant. */
export type Tangent = {
  /** h */
  readonly slope: tf.Scalar;
  /** dh/dtheta, [P] */
  readonly theta: tf.Tensor1D;
  /** dh/dimages, [N, H, W, C] */
  readonly images: tf.Tensor4D;
  /** dh/dlabels, [N, K] */
  readonly labels: tf.Tensor2D;
};
