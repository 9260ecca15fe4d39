/**
 * The loss of a regression, L = (1/N) sum_n sum_k (z_nk - y_nk)^2 / 2, and its derivatives by hand.
 * Legend: N examples, K outputs; outputs z and targets y [N, K]; `dot` marks the derivative along a direction.
 */
import * as tf from "@tensorflow/tfjs-core";

/** The loss L and its gradient in the outputs. */
export type SquaredError = {
  readonly kind: "squared-error";
  /** L */
  readonly loss: tf.Scalar;
  /** dL/dz = (z - y) / N, [N, K] */
  readonly logits: tf.Tensor2D;
};

/** Loss and its gradient in the outputs. The caller owns the result. */
export function squaredError(outputs: tf.Tensor2D, targets: tf.Tensor2D): SquaredError {
  const share = 1 / outputs.shape[0];
  const [loss, logits] = tf.tidy(() => {
    const error = tf.sub(outputs, targets);
    return [tf.mul(tf.sum(tf.square(error)), share / 2) as tf.Scalar, tf.mul(error, share) as tf.Tensor2D];
  });
  return { kind: "squared-error", loss, logits };
}

/**
 * Derivatives along zDot [N, K]: the slope <dL/dz, zDot>, that of dL/dz, zDot / N, and that of dL/dy, -zDot / N. The
 * caller owns the result.
 */
export function squaredErrorTangent(
  { logits }: SquaredError,
  outputsDot: tf.Tensor2D,
): { readonly slope: tf.Scalar; readonly logits: tf.Tensor2D; readonly labels: tf.Tensor2D } {
  return tf.tidy(() => {
    const change: tf.Tensor2D = tf.mul(outputsDot, 1 / outputsDot.shape[0]);
    return { slope: tf.sum(tf.mul(logits, outputsDot)), logits: change, labels: tf.neg(change) };
  });
}
