/**
 * The passes over a batch of any size, chunk by chunk, with a turn for events and a look at the abort signal between
 * chunks. The loss is a mean over images, so the chunks' gradients, weighted by their shares, sum to the batch's.
 * Legend: N images, K classes, P parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { tidied } from "../tensor/tidied.ts";
import { yieldToEvents } from "../tensor/yield-to-events.ts";
import { chunkLength } from "./chunks.ts";
import type { Gradient, Tangent } from "./derivatives.ts";
import { gradientTangent, lossGradient } from "./passes.ts";

export type Batch = {
  /** [N, H, W, C] */
  readonly images: tf.Tensor4D;
  /** Label shares, [N, K]. */
  readonly labels: tf.Tensor2D;
};

export type ChunkOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Images of a chunk; by default what chunks.ts says. */
  readonly chunkLength?: number | undefined;
};

/** `lossGradient` of a whole batch; the caller owns the result. An abort rejects with the signal's reason. */
export async function batchGradient(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<Gradient> {
  const length = options.chunkLength ?? chunkLength(spec, "gradient");
  const parts = await eachChunk(batch, length, options.signal, ({ images, labels }, share) => {
    const { loss, gradient, logits } = lossGradient(spec, theta, images, labels);
    return [weighted(loss, share), weighted(gradient, share), logits];
  });
  return joined(parts, ([loss, gradient, logits]) => ({
    loss: total(loss) as tf.Scalar,
    gradient: total(gradient) as tf.Tensor1D,
    logits: inOrder(logits) as tf.Tensor2D,
  }));
}

/** `gradientTangent` of a whole batch; the caller owns the result. An abort rejects with the signal's reason. */
export async function batchTangent(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  batch: Batch,
  options: ChunkOptions = {},
): Promise<Tangent> {
  const length = options.chunkLength ?? chunkLength(spec, "tangent");
  const parts = await eachChunk(batch, length, options.signal, ({ images, labels }, share) => {
    const part = gradientTangent(spec, theta, direction, images, labels);
    return [part.slope, part.theta, part.images, part.labels].map((tensor) => weighted(tensor, share));
  });
  return joined(parts, ([slope, theta, images, labels]) => ({
    slope: total(slope) as tf.Scalar,
    theta: total(theta) as tf.Tensor1D,
    images: inOrder(images) as tf.Tensor4D,
    labels: inOrder(labels) as tf.Tensor2D,
  }));
}

/** Runs the pass on every chunk, which it is told the share of in the batch. */
async function eachChunk(
  batch: Batch,
  length: number,
  signal: AbortSignal | undefined,
  pass: (chunk: Batch, share: number) => readonly tf.Tensor[],
): Promise<readonly (readonly tf.Tensor[])[]> {
  const count = batch.images.shape[0];
  if (count === 0) throw new Error("expected at least one image, got none");
  const parts: (readonly tf.Tensor[])[] = [];
  try {
    for (let at = 0; at < count; at += length) {
      if (signal?.aborted) throw signal.reason;
      const size = Math.min(length, count - at);
      parts.push(
        tf.tidy(() => {
          if (size === count) return [...pass(batch, 1)];
          const chunk = {
            images: tf.slice(batch.images, at, size),
            labels: tf.slice(batch.labels, at, size),
          };
          return [...pass(chunk, size / count)];
        }),
      );
      await yieldToEvents();
    }
    return parts;
  } catch (error) {
    tf.dispose(parts.flat());
    throw error;
  }
}

/** Joins the chunks' outputs, output by output, and disposes what was joined. */
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
