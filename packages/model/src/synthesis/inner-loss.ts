/**
 * The loss of the inner loop and its gradient. The synthetic batch is cut into chunks where a whole one would need too
 * much memory; the loss is a mean over images, so the sum of the chunks' gradients is exact.
 * Legend: N images, B images of a chunk, K classes, P parameters.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import { forward } from "../network/forward.ts";
import { logSoftmax } from "../tensor/log-softmax.ts";

/** Some images and their soft labels, with the share of the whole batch that they make. */
export type Chunk = { readonly images: tf.Tensor4D; readonly labels: tf.Tensor2D; readonly share: number };

/** Mean over batch and classes of -labels * log softmax(f(images; theta)): DynaFed's, K times below cross-entropy. */
export function innerLoss(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): tf.Scalar {
  return tf.neg(tf.mean(tf.mul(labels, logSoftmax(forward(spec, theta, images)))));
}

/** Loss of the whole batch and its gradient in theta [P]; the caller owns both. */
export function innerGradient(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  chunks: readonly Chunk[],
): { readonly loss: tf.Scalar; readonly gradient: tf.Tensor1D } {
  return tf.tidy(() => {
    let loss: tf.Scalar = tf.scalar(0);
    let gradient: tf.Tensor1D | null = null;
    for (const { images, labels, share } of chunks) {
      const part = tf.valueAndGrad((theta) => innerLoss(spec, theta as tf.Tensor1D, images, labels))(theta);
      loss = tf.add(loss, tf.mul(part.value, share));
      const scaled = (share === 1 ? part.grad : tf.mul(part.grad, share)) as tf.Tensor1D;
      gradient = gradient === null ? scaled : tf.add(gradient, scaled);
    }
    if (gradient === null) throw new Error("expected at least one image, got none");
    return { loss, gradient };
  });
}

/** Values of the first block's activations that one chunk may have: 16 MB of float32, some dozens of times over. */
export const CHUNK_ACTIVATIONS = 4_000_000;

/** Images that one chunk may hold. */
export function chunkLength(spec: NetworkSpec, activations = CHUNK_ACTIVATIONS): number {
  const [height, width, channels] = spec.image;
  const largest = spec.kind === "convnet" ? spec.width : Math.max(channels, ...spec.hidden.map(perPixel));
  return Math.max(1, Math.floor(activations / ((height + 4) * (width + 4) * largest)));

  function perPixel(hidden: number) {
    return hidden / (height * width);
  }
}

/** Cuts images [N, H, W, C] and labels [N, K] into chunks of at most `length`; the caller owns them. */
export function cutIntoChunks(images: tf.Tensor4D, labels: tf.Tensor2D, length: number): readonly Chunk[] {
  const count = images.shape[0];
  const chunks: Chunk[] = [];
  for (let at = 0; at < count; at += length) {
    const size = Math.min(length, count - at);
    chunks.push({
      images: tf.slice(images, at, size),
      labels: tf.slice(labels, at, size),
      share: size / count,
    });
  }
  return chunks;
}
