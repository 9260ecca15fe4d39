/**
 * What the passes of every network result in.
 * Legend: N examples x, each of the shape of the network's input; K outputs, P parameters.
 */
import type * as tf from "@tensorflow/tfjs-core";

/** The mean loss L of the network's kind (see loss.ts), and its gradient in theta. */
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
  /** dh/dx, [N, ...input] */
  readonly inputs: tf.Tensor;
  /** dh/dlabels, [N, K] */
  readonly labels: tf.Tensor2D;
};
