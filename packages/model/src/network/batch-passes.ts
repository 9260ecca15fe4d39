/**
 * The passes over a batch of any size, chunk by chunk. Between two chunks events have their turn, and an abort ends the
 * pass. The loss is a mean over examples, so the chunks' gradients, weighted by their shares of the batch, sum to the
 * batch's.
 * Legend: N examples, each of the shape of the network's input; K outputs, P parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { tidied } from "../tensor/tidied.ts";
import { yieldToEvents } from "../tensor/yield-to-events.ts";
import { chunkLength } from "./chunks.ts";
import type { Gradient, Tangent } from "./derivatives.ts";
import { gradientTangent, lossGradient } from "./passes.ts";

/** Examples and their labels; whoever makes a batch owns its tensors. */
export type Batch = {
  /** Images [N, H, W, C], or rows [N, F]. */
  readonly inputs: tf.Tensor;
  /** The weight of each class for each example, [N, K]: one-hot, or any other weights; targets for a squared error. */
  readonly labels: tf.Tensor2D;
};

/** How a batch is cut, and what ends a pass early. */
export type ChunkOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Examples in a chunk, at least 1. Default: `chunkLength` of chunks.ts. */
  readonly chunkLength?: number | undefined;
};

/**
 * `lossGradient` of a whole batch; the caller owns the result. Rejects on an empty batch, and with the signal's
 * reason on an abort.
 */
export async function batchGradient(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<Gradient> {
  const length = options.chunkLength ?? chunkLength(spec, "gradient");
  const parts = await eachChunk(batch, length, options.signal, ({ inputs, labels }, share) => {
    const { loss, gradient, logits } = lossGradient(spec, theta, inputs, labels);
    return [weighted(loss, share), weighted(gradient, share), logits];
  });
  return joined(parts, ([loss, gradient, logits]) => ({
    loss: total(loss) as tf.Scalar,
    gradient: total(gradient) as tf.Tensor1D,
    logits: inOrder(logits) as tf.Tensor2D,
  }));
}

/**
 * `gradientTangent` of a whole batch; the caller owns the result. Rejects on an empty batch, and with the signal's
 * reason on an abort.
 */
export async function batchTangent(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<Tangent> {
  const length = options.chunkLength ?? chunkLength(spec, "tangent");
  const parts = await eachChunk(batch, length, options.signal, ({ inputs, labels }, share) => {
    const part = gradientTangent(spec, theta, direction, inputs, labels);
    return [part.slope, part.theta, part.inputs, part.labels].map((tensor) => weighted(tensor, share));
  });
  return joined(parts, ([slope, theta, inputs, labels]) => ({
    slope: total(slope) as tf.Scalar,
    theta: total(theta) as tf.Tensor1D,
    inputs: inOrder(inputs),
    labels: inOrder(labels) as tf.Tensor2D,
  }));
}

/** Runs the pass on every chunk; `share` is the part of the batch's examples that the chunk has. */
async function eachChunk(
  batch: Batch,
  length: number,
  signal: AbortSignal | undefined,
  pass: (chunk: Batch, share: number) => readonly tf.Tensor[],
): Promise<readonly (readonly tf.Tensor[])[]> {
  const count = batch.labels.shape[0];
  if (count === 0) throw new Error("expected at least one example, got none");
  const parts: (readonly tf.Tensor[])[] = [];
  try {
    for (let at = 0; at < count; at += length) {
      if (signal?.aborted) throw signal.reason;
      const size = Math.min(length, count - at);
      parts.push(tf.tidy(() => [...pass(chunkOf(batch, at, size), size / count)]));
      await yieldToEvents();
    }
    return parts;
  } catch (error) {
    tf.dispose(parts.flat());
    throw error;
  }
}

/** `size` examples from `at` on; the batch itself where that is all of it. */
function chunkOf(batch: Batch, at: number, size: number): Batch {
  if (size === batch.labels.shape[0]) return batch;
  return { inputs: tf.slice(batch.inputs, at, size), labels: tf.slice(batch.labels, at, size) };
}

/** Joins the chunks' outputs, output by output, and disposes the parts. */
function joined<Result extends object>(
  parts: readonly (readonly tf.Tensor[])[],
  join: (outputs: readonly (readonly tf.Tensor[])[]) => Result,
): Result {
  const outputs = (parts[0] as readonly tf.Tensor[]).map((_, i) => parts.map((part) => part[i] as tf.Tensor));
  const result = tidied(() => join(outputs));
  tf.dispose(parts.flat());
  return result;
}

function weighted(tensor: tf.Tensor, share: number): tf.Tensor {
  return share === 1 ? tensor : tf.mul(tensor, share);
}

function total(parts: readonly tf.Tensor[] | undefined): tf.Tensor {
  return parts?.length === 1 ? tf.clone(parts[0] as tf.Tensor) : tf.addN([...(parts ?? [])]);
}

function inOrder(parts: readonly tf.Tensor[] | undefined): tf.Tensor {
  return parts?.length === 1 ? tf.clone(parts[0] as tf.Tensor) : tf.concat([...(parts ?? [])]);
}
