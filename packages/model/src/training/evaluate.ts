/** How good a model is on a data set. Legend: B examples in a batch, K outputs, P parameters. */
import * as tf from "@tensorflow/tfjs-core";
import {
  type ClassificationMeasurement,
  lossOf,
  type Measurement,
  type NetworkSpec,
  outputsOf,
  type Preprocessing,
} from "@tributary/protocol";
import { createClassTally } from "../metrics/class-tally.ts";
import { valueMetrics } from "../metrics/value-metrics.ts";
import { chunkLength } from "../network/chunks.ts";
import { parameterCount } from "../network/layout.ts";
import { lossAt } from "../network/loss.ts";
import { logits as logitsOf } from "../network/passes.ts";
import { requireLength } from "../requirements.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { yieldToEvents } from "../tensor/yield-to-events.ts";
import { makeBatch, requireFit } from "./batches.ts";
import type { Dataset, LabelledDataset, ValueRowDataset } from "./dataset.ts";
import { countRight } from "./train-locally.ts";

/** Examples in a batch; fewer where so many would hold up the events. */
const MOST_IMAGES = 100;
const MOST_ROWS = 1000;

/** What is measured, and on what. */
export type EvaluateOptions = {
  readonly spec: NetworkSpec;
  /** [P] */
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  /** How pixels become the network's input; null for rows. */
  readonly preprocessing: Preprocessing | null;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Loss and metrics over the whole data set. Events have their turn between batches. Beside the data set it holds one
 * batch, and scores of at most 16 MB (more classes than a thousand would need more). Throws on a data set or vector that
 * does not fit the network; an abort rejects with the signal's reason.
 */
export function evaluate(
  options: EvaluateOptions & { readonly dataset: LabelledDataset },
): Promise<ClassificationMeasurement>;
export function evaluate(options: EvaluateOptions): Promise<Measurement>;
export async function evaluate(options: EvaluateOptions): Promise<Measurement> {
  const { spec, parameters, dataset } = options;
  requireFit(spec, options);
  requireLength("parameters", parameters, parameterCount(spec));
  return dataset.kind === "value-rows" ? measureValues(options, dataset) : measureClasses(options, dataset);
}

async function measureClasses(
  options: EvaluateOptions,
  { count, labels }: LabelledDataset,
): Promise<Measurement> {
  const tally = createClassTally(outputsOf(options.spec), count);
  let right = 0;
  const loss = await eachBatch(options, (outputs, from, batchRight) => {
    tally.add(outputs, labels.subarray(from, from + outputs.length / outputsOf(options.spec)));
    right += batchRight;
  });
  return { kind: "classification", examples: count, loss, accuracy: right / count, ...tally.metrics() };
}

async function measureValues(
  options: EvaluateOptions,
  { count, values }: ValueRowDataset,
): Promise<Measurement> {
  const predictions = new Float32Array(count);
  const loss = await eachBatch(options, (outputs, from) => predictions.set(outputs, from));
  return { kind: "regression", examples: count, loss, ...valueMetrics(predictions, values) };
}

/** Calls `take` with the outputs [B, K] of each batch, its first example, and its right answers. Gives the mean loss. */
async function eachBatch(
  { spec, parameters, dataset, preprocessing, signal }: EvaluateOptions,
  take: (outputs: Float32Array, from: number, right: number) => void,
): Promise<number> {
  const most = dataset.kind === "images" ? MOST_IMAGES : MOST_ROWS;
  const batchSize = Math.min(most, chunkLength(spec, "logits"));
  const theta = tf.tensor1d(parameters);
  let loss = 0;
  try {
    for (let at = 0; at < dataset.count; at += batchSize) {
      if (signal?.aborted) throw signal.reason;
      const count = Math.min(batchSize, dataset.count - at);
      const results = tf.tidy(() => {
        const examples = Uint32Array.from({ length: count }, (_, i) => at + i);
        const { inputs, labels } = makeBatch({ dataset, preprocessing }, spec, examples);
        return resultsOf(spec, logitsOf(spec, theta, inputs), labels);
      });
      const values = await results.data<"float32">();
      results.dispose();
      loss += values[0] as number;
      take(values.subarray(2), at, values[1] as number);
      await yieldToEvents();
    }
  } finally {
    theta.dispose();
  }
  return loss / dataset.count;
}

/** Summed loss, right answers, and the outputs row by row, in one tensor, so that the device is waited for once. */
function resultsOf(spec: NetworkSpec, outputs: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor1D {
  const { loss } = lossAt(lossOf(spec), outputs, labels);
  const totals = tf.stack([tf.mul(loss, outputs.shape[0]), countRight(outputs, labels)]);
  return tf.concat([totals, tf.reshape(outputs, [-1])]) as tf.Tensor1D;
}
