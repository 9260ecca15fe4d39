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
import { countRight } from "./count-right.ts";
import type { Dataset, LabelledDataset, ValueRowDataset } from "./dataset.ts";

/** Examples in a batch; fewer where so many would hold up the events. */
const MOST_IMAGES = 100;
const MOST_ROWS = 1000;

/** What is measured, and on what. */
export type EvaluateOptions = {
  readonly spec: NetworkSpec;
  /** [P] */
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  /** The places of the examples to measure on, at least one. Default: all. */
  readonly examples?: Uint32Array | undefined;
  /** How pixels become the network's input; null for rows. */
  readonly preprocessing: Preprocessing | null;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Loss and metrics over the whole data set, or the examples chosen. Events have their turn between batches. Beside the
 * data set it holds one batch and 16 MB of scores at most, or a prediction for each row of a regression. Throws on a data
 * set or vector that does not fit the network; an abort rejects with the signal's reason.
 */
export function evaluate(
  options: EvaluateOptions & { readonly dataset: LabelledDataset },
): Promise<ClassificationMeasurement>;
export function evaluate(options: EvaluateOptions): Promise<Measurement>;
export async function evaluate(options: EvaluateOptions): Promise<Measurement> {
  const { spec, parameters, dataset } = options;
  requireFit(spec, options);
  requireLength("parameters", parameters, parameterCount(spec));
  if (countOf(options) === 0) throw new Error("expected at least one example to measure on, got none");
  return dataset.kind === "value-rows" ? measureValues(options, dataset) : measureClasses(options, dataset);
}

async function measureClasses(options: EvaluateOptions, { labels }: LabelledDataset): Promise<Measurement> {
  const count = countOf(options);
  const tally = createClassTally(outputsOf(options.spec), count);
  let right = 0;
  const loss = await eachBatch(options, ({ outputs, examples, right: batchRight }) => {
    tally.add(
      outputs,
      Uint8Array.from(examples, (example) => labels[example] as number),
    );
    right += batchRight;
  });
  return { kind: "classification", examples: count, loss, accuracy: right / count, ...tally.metrics() };
}

async function measureValues(options: EvaluateOptions, { values }: ValueRowDataset): Promise<Measurement> {
  const count = countOf(options);
  const [predictions, targets] = [new Float32Array(count), new Float32Array(count)];
  const loss = await eachBatch(options, ({ outputs, examples, from }) => {
    predictions.set(outputs, from);
    for (const [row, example] of examples.entries()) targets[from + row] = values[example] as number;
  });
  return { kind: "regression", examples: count, loss, ...valueMetrics(predictions, targets) };
}

function countOf({ dataset, examples }: EvaluateOptions): number {
  return examples?.length ?? dataset.count;
}

/** A batch that has been through the network. */
type Measured = {
  /** Examples before this batch. */
  readonly from: number;
  /** Their places in the data set, [B]. */
  readonly examples: Uint32Array;
  /** [B, K] */
  readonly outputs: Float32Array;
  /** How many outputs are largest where the labels are. */
  readonly right: number;
};

/** Calls `take` with each batch, in order. Gives the mean loss. */
async function eachBatch(options: EvaluateOptions, take: (batch: Measured) => void): Promise<number> {
  const { spec, parameters, dataset, preprocessing, signal } = options;
  const all = countOf(options);
  const most = dataset.kind === "images" ? MOST_IMAGES : MOST_ROWS;
  const batchSize = Math.min(most, chunkLength(spec, "logits"));
  const theta = tf.tensor1d(parameters);
  let loss = 0;
  try {
    for (let from = 0; from < all; from += batchSize) {
      if (signal?.aborted) throw signal.reason;
      const examples = Uint32Array.from(
        { length: Math.min(batchSize, all - from) },
        (_, i) => options.examples?.[from + i] ?? from + i,
      );
      const results = tf.tidy(() => {
        const { inputs, labels } = makeBatch({ dataset, preprocessing }, spec, examples);
        return resultsOf(spec, logitsOf(spec, theta, inputs), labels);
      });
      const values = await results.data<"float32">();
      results.dispose();
      loss += values[0] as number;
      take({ from, examples, outputs: values.subarray(2), right: values[1] as number });
      await yieldToEvents();
    }
  } finally {
    theta.dispose();
  }
  return loss / all;
}

/** Summed loss, right answers, and the outputs row by row, in one tensor, so that the device is waited for once. */
function resultsOf(spec: NetworkSpec, outputs: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor1D {
  const { loss } = lossAt(lossOf(spec), outputs, labels);
  const totals = tf.stack([tf.mul(loss, outputs.shape[0]), countRight(outputs, labels)]);
  return tf.concat([totals, tf.reshape(outputs, [-1])]) as tf.Tensor1D;
}
