import * as tf from "@tensorflow/tfjs-core";
import type { Preprocessing } from "@tributary/protocol";
import type { Batch } from "../network/batch-passes.ts";
import type { Dataset } from "./dataset.ts";

/**
 * The batch of the given examples (their places in the dataset): images [B, H, W, C] as the network sees them,
 * (pixel / 255 - mean) / std, and one-hot labels [B, K]. The caller owns its tensors.
 */
export function makeBatch(
  dataset: Dataset,
  preprocessing: Preprocessing,
  classes: number,
  examples: ArrayLike<number>,
): Batch {
  const [height, width, channels] = dataset.image;
  const pixels = height * width * channels;
  const images = new Float32Array(examples.length * pixels);
  const labels = new Float32Array(examples.length * classes);
  const scale = 1 / (255 * preprocessing.std);
  const shift = preprocessing.mean / preprocessing.std;
  for (let row = 0; row < examples.length; row++) {
    const example = examples[row] as number;
    labels[row * classes + (dataset.labels[example] as number)] = 1;
    const source = example * pixels;
    const target = row * pixels;
    for (let i = 0; i < pixels; i++)
      images[target + i] = (dataset.pixels[source + i] as number) * scale - shift;
  }
  return {
    images: tf.tensor4d(images, [examples.length, height, width, channels]),
    labels: tf.tensor2d(labels, [examples.length, classes]),
  };
}

/** Throws, quoting what is wrong, where a dataset is empty or does not fit a network's input and classes. */
export function requireFit(
  spec: { readonly image: readonly number[]; readonly classes: number },
  dataset: Dataset,
): void {
  if (dataset.count === 0) throw new Error("expected at least one example, got none");
  if (dataset.image.some((side, axis) => side !== spec.image[axis])) {
    throw new Error(`expected images of ${spec.image.join(" x ")}, got ${dataset.image.join(" x ")}`);
  }
  const strange = dataset.labels.find((label) => label >= spec.classes);
  if (strange !== undefined) throw new Error(`expected labels below ${spec.classes}, got ${strange}`);
}
