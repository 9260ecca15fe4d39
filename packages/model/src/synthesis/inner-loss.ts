/**
 * The loss of the inner loop, l = mean over batch and classes of -labels * log softmax(f(inputs; theta)), as in
 * DynaFed's code. It and its derivatives are the networks' cross-entropy (see network/passes.ts) divided by K, the
 * classes.
 */
import * as tf from "@tensorflow/tfjs-core";
import { classesOf, type NetworkSpec } from "@tributary/protocol";
import { type Batch, batchGradient, batchTangent, type ChunkOptions } from "../network/batch-passes.ts";
import type { Tangent } from "../network/derivatives.ts";

/** l and its gradient in theta, [P]; the caller owns both. An abort rejects with the signal's reason. */
export async function innerGradient(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<{ readonly loss: tf.Scalar; readonly gradient: tf.Tensor1D }> {
  const { loss, gradient, logits } = await batchGradient(spec, theta, batch, options);
  logits.dispose();
  return scaled({ loss, gradient }, 1 / classesOf(spec));
}

/**
 * The slope h = <direction, dl/dtheta> for a direction [P], and its gradients in theta, inputs and labels; the caller
 * owns them. An abort rejects with the signal's reason.
 */
export async function innerTangent(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<Tangent> {
  return scaled({ ...(await batchTangent(spec, theta, direction, batch, options)) }, 1 / classesOf(spec));
}

/** The tensors times a factor. Disposes those that it is given. */
function scaled<Tensors extends Readonly<Record<string, tf.Tensor>>>(
  tensors: Tensors,
  factor: number,
): Tensors {
  const entries = Object.entries(tensors).map(([name, tensor]) => [name, tf.mul(tensor, factor)]);
  tf.dispose(Object.values(tensors));
  return Object.fromEntries(entries) as Tensors;
}
