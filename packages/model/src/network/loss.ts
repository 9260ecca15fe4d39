/** The loss at the end of a network, by its kind, with its derivatives. Legend: N examples, K outputs. */
import type * as tf from "@tensorflow/tfjs-core";
import type { LossKind } from "@tributary/protocol";
import { type CrossEntropy, crossEntropy, crossEntropyTangent } from "./cross-entropy.ts";
import { type SquaredError, squaredError, squaredErrorTangent } from "./squared-error.ts";

/** The loss L, its gradient in the outputs z, and what the tangent needs of them. */
export type Loss = CrossEntropy | SquaredError;

/** The loss of outputs z and labels y, both [N, K]. The caller owns the result. */
export function lossAt(kind: LossKind, outputs: tf.Tensor2D, labels: tf.Tensor2D): Loss {
  switch (kind) {
    case "cross-entropy":
      return crossEntropy(outputs, labels);
    case "squared-error":
      return squaredError(outputs, labels);
    default:
      return kind satisfies never;
  }
}

/**
 * Derivatives along zDot [N, K]: the slope <dL/dz, zDot>, and those of dL/dz and of dL/dy, both [N, K]. The caller owns
 * the result.
 */
export function lossTangent(loss: Loss, outputsDot: tf.Tensor2D) {
  switch (loss.kind) {
    case "cross-entropy":
      return crossEntropyTangent(loss, outputsDot);
    case "squared-error":
      return squaredErrorTangent(loss, outputsDot);
    default:
      return loss satisfies never;
  }
}
