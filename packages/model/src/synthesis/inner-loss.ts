/**
 * The loss of the inner loop, l = mean over batch and classes of -labels * log softmax(f(images; theta)): DynaFed's,
 * K times below the networks' cross-entropy (see network/passes.ts), and so are its derivatives.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import { type Batch, batchGradient, batchTangent, type ChunkOptions } from "../network/batch-passes.ts";
import type { Tangent } from "../network/derivatives.ts";

/** l and its gradient in theta [P]; the caller owns both. */
export async function innerGradient(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<{ readonly loss: tf.Scalar; readonly gradient: tf.Tensor1D }> {
  const { loss, gradient, logits } = await batchGradient(spec, theta, batch, options);
  logits.dispose();
  return scaled({ loss, gradient }, 1 / spec.classes);
}

/** h = <direction, dl/dtheta> and its gradients in theta, images and labels; the caller owns them. */
export async function innerTangent(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<Tangent> {
  return scaled({ ...(await batchTangent(spec, theta, direction, batch, options)) }, 1 / spec.classes);
}

/** The tensors times a factor; disposes what it is given. */
function scaled<Tensors extends Readonly<Record<string, tf.Tensor>>>(
  tensors: Tensors,
  factor: number,
): Tensors {
  const entries = Object.entries(tensors).map(([name, tensor]) => [name, tf.mul(tensor, factor)]);
  tf.dispose(Object.values(tensors));
  return Object.fromEntries(entries) as Tensors;
}
