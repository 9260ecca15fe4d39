/**
 * The loss of a network that tells classes apart, L = (1/N) sum_n -sum_k y_nk log softmax(z_n)_k, and its derivatives by hand.
 * Legend: N examples, K classes; logits z, labels y and probabilities p = softmax(z) [N, K]; `dot` marks the derivative
 * along a direction.
 */
import * as tf from "@tensorflow/tfjs-core";
import { tidied } from "../tensor/tidied.ts";

/** The loss L, its gradient in the logits, and what the tangent needs of them. */
export type CrossEntropy = {
  readonly kind: "cross-entropy";
  /** L */
  readonly loss: tf.Scalar;
  /** dL/dz = (m p - y) / N with the labels' mass m = sum_k y_k, [N, K] */
  readonly logits: tf.Tensor2D;
  /** p, [N, K] */
  readonly probabilities: tf.Tensor2D;
  /** m, [N, 1] */
  readonly mass: tf.Tensor2D;
};

/** Loss and its gradient in the logits. Labels need not sum to 1. The caller owns the result. */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D): CrossEntropy {
  return tidied(() => {
    const share = 1 / logits.shape[0];
    const shifted: tf.Tensor2D = tf.sub(logits, tf.max(logits, 1, true));
    const logProbabilities: tf.Tensor2D = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
    const probabilities: tf.Tensor2D = tf.exp(logProbabilities);
    const mass = tf.sum(labels, 1, true) as tf.Tensor2D;
    return {
      kind: "cross-entropy",
      loss: tf.mul(tf.sum(tf.mul(labels, logProbabilities)), -share),
      logits: tf.mul(tf.sub(tf.mul(probabilities, mass), labels), share),
      probabilities,
      mass,
    };
  });
}

/**
 * Derivatives along zDot [N, K]: the slope <dL/dz, zDot>, and those of dL/dz and of dL/dy = -log p / N, both [N, K].
 * With e = sum_k p_k zDot_k: pDot = p (zDot - e) and (log p)Dot = zDot - e. The caller owns the result.
 */
export function crossEntropyTangent(
  { logits, probabilities, mass }: CrossEntropy,
  logitsDot: tf.Tensor2D,
): { readonly slope: tf.Scalar; readonly logits: tf.Tensor2D; readonly labels: tf.Tensor2D } {
  return tf.tidy(() => {
    const share = 1 / logitsDot.shape[0];
    const expected = tf.sum(tf.mul(probabilities, logitsDot), 1, true);
    const deviation: tf.Tensor2D = tf.mul(tf.sub(logitsDot, expected), share);
    return {
      slope: tf.sum(tf.mul(logits, logitsDot)),
      logits: tf.mul(tf.mul(probabilities, deviation), mass),
      labels: tf.neg(deviation),
    };
  });
}
