/** Batches of a data set in the form in which networks take them. Legend: B examples in a batch, K outputs. */
import * as tf from "@tensorflow/tfjs-core";
import { inputShapeOf, lossOf, type NetworkSpec, outputsOf, type Preprocessing } from "@tributary/protocol";
import type { Batch } from "../network/batch-passes.ts";
import type { Dataset, ImageDataset } from "./dataset.ts";

/** Examples, and how their pixels become a network's input: null for rows, which are standardised already. */
export type Source = { readonly dataset: Dataset; readonly preprocessing: Preprocessing | null };

/**
 * The batch of the given examples (their places in the data set): inputs [B, ...input] as the network sees them, and
 * labels [B, K], one-hot, or the target values. Pixels become (pixel / 255 - mean) / std, channel by channel. The caller
 * owns its tensors. The data must fit the network; see `requireFit`.
 */
export function makeBatch(
  { dataset, preprocessing }: Source,
  spec: NetworkSpec,
  examples: ArrayLike<number>,
): Batch {
  const inputs =
    dataset.kind === "images"
      ? pixelsOf(dataset, requirePreprocessing(preprocessing), examples)
      : rowsOf(dataset, examples);
  return {
    inputs: tf.tensor(inputs, [examples.length, ...inputShapeOf(spec)], "float32"),
    labels: tf.tensor2d(labelsOf(dataset, outputsOf(spec), examples), [examples.length, outputsOf(spec)]),
  };
}

/** [B, H, W, C] */
function pixelsOf(
  { image, pixels }: ImageDataset,
  preprocessing: Preprocessing,
  examples: ArrayLike<number>,
): Float32Array {
  const channels = image[2];
  const size = image[0] * image[1] * channels;
  const scales = preprocessing.std.map((std) => 1 / (255 * std));
  const shifts = preprocessing.mean.map((mean, channel) => mean / (preprocessing.std[channel] as number));
  const inputs = new Float32Array(examples.length * size);
  for (let channel = 0; channel < channels; channel++) {
    const [scale, shift] = [scales[channel] as number, shifts[channel] as number];
    for (let row = 0; row < examples.length; row++) {
      const source = (examples[row] as number) * size;
      const target = row * size;
      for (let i = channel; i < size; i += channels) {
        inputs[target + i] = (pixels[source + i] as number) * scale - shift;
      }
    }
  }
  return inputs;
}

/** [B, F] */
function rowsOf(
  { features, rows }: Exclude<Dataset, ImageDataset>,
  examples: ArrayLike<number>,
): Float32Array {
  const inputs = new Float32Array(examples.length * features);
  for (let row = 0; row < examples.length; row++) {
    const example = examples[row] as number;
    inputs.set(rows.subarray(example * features, (example + 1) * features), row * features);
  }
  return inputs;
}

/** One-hot, or the values themselves; [B, K]. */
function labelsOf(dataset: Dataset, outputs: number, examples: ArrayLike<number>): Float32Array {
  const labels = new Float32Array(examples.length * outputs);
  for (let row = 0; row < examples.length; row++) {
    const example = examples[row] as number;
    if (dataset.kind === "value-rows") labels[row] = dataset.values[example] as number;
    else labels[row * outputs + (dataset.labels[example] as number)] = 1;
  }
  return labels;
}

/**
 * Throws, quoting what is wrong, where a data set is empty or does not fit a network's input, classes and loss, and
 * where images come without a preprocessing for each of their channels.
 */
export function requireFit(spec: NetworkSpec, { dataset, preprocessing }: Source): void {
  if (dataset.count === 0) throw new Error("expected at least one example, got none");
  const [expected, got] = [wordsOf(inputShapeOf(spec)), wordsOf(shapeOf(dataset))];
  if (expected !== got) throw new Error(`expected ${expected}, got ${got}`);
  const wanted = lossOf(spec) === "squared-error" ? "values" : "labels";
  const given = dataset.kind === "value-rows" ? "values" : "labels";
  if (wanted !== given) throw new Error(`expected examples with ${wanted}, got ones with ${given}`);
  if (dataset.kind === "images") requireChannels(dataset.image[2], requirePreprocessing(preprocessing));
  if (dataset.kind === "value-rows") return;
  const strange = dataset.labels.find((label) => label >= outputsOf(spec));
  if (strange !== undefined) throw new Error(`expected labels below ${outputsOf(spec)}, got ${strange}`);
}

/** The shape of one example, as `inputShapeOf` has it. */
function shapeOf(dataset: Dataset): readonly number[] {
  return dataset.kind === "images" ? dataset.image : [dataset.features];
}

function wordsOf(shape: readonly number[]): string {
  return shape.length === 1 ? `rows of ${shape[0]} features` : `images of ${shape.join(" x ")}`;
}

function requirePreprocessing(preprocessing: Preprocessing | null): Preprocessing {
  if (preprocessing === null) throw new Error("expected a preprocessing of the images' pixels, got null");
  return preprocessing;
}

function requireChannels(channels: number, { mean, std }: Preprocessing): void {
  if (mean.length === channels && std.length === channels) return;
  throw new Error(
    `expected a mean and a deviation for each of ${channels} channels, got ${mean.length} and ${std.length}`,
  );
}
