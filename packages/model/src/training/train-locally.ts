/** Local training of one volunteer. Legend: B images of a batch, K classes, P parameters. */
import * as tf from "@tensorflow/tfjs-core";
import type { LocalTraining, NetworkSpec, Preprocessing } from "@tributary/protocol";
import type { Dataset } from "../data/dataset.ts";
import { forward } from "../network/forward.ts";
import { parameterCount } from "../network/layout.ts";
import { createRng, permutation } from "../rng.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { logSoftmax } from "../tensor/log-softmax.ts";
import { yieldToEvents } from "../tensor/yield-to-events.ts";
import { type Batch, makeBatch, requireFit, requireLength } from "./batches.ts";
import {
  applyStep,
  type DeviceOptimizerState,
  disposeState,
  downloadState,
  type OptimizerState,
  uploadState,
} from "./optimizer.ts";

export type LocalTrainingOptions = {
  readonly spec: NetworkSpec;
  readonly start: Float32Array;
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  readonly local: LocalTraining;
  readonly optimizerState: OptimizerState;
  readonly seed: number;
  /** Called about every eighth batch and after the last; `loss` is the mean since the call before. */
  readonly onBatch?: (progress: {
    readonly batch: number;
    readonly batches: number;
    readonly loss: number;
  }) => void;
  readonly signal?: AbortSignal;
};

export type LocalTrainingResult = {
  readonly parameters: Float32Array;
  readonly optimizerState: OptimizerState;
  /** Mean cross-entropy, and share of right answers, of every batch just before its step. */
  readonly loss: number;
  readonly accuracy: number;
  /** Examples in the dataset, and steps taken. */
  readonly examples: number;
  readonly batches: number;
};

/** A reading waits for the device, so only every eighth batch is read. */
const BATCHES_PER_READING = 8;

/**
 * `local.epochs` passes over the dataset, each in a fresh seeded order, in batches of `local.batchSize` with the last
 * one smaller; mean cross-entropy; one optimiser step a batch. The optimiser goes on from `optimizerState`.
 * Throws on a dataset or vector that does not fit the network; an abort rejects with the signal's reason.
 */
export async function trainLocally(options: LocalTrainingOptions): Promise<LocalTrainingResult> {
  const { spec, start, dataset, preprocessing, local, signal } = options;
  requireFit(spec, dataset);
  requireLength("parameters", start, parameterCount(spec));
  const orders = epochOrders(dataset.count, local, options.seed);
  let theta = tf.tensor1d(start);
  let state = uploadState(options.optimizerState, [start.length]);
  const meter = createMeter();
  try {
    for (const [index, examples] of orders.entries()) {
      if (signal?.aborted) throw signal.reason;
      const batch = makeBatch(dataset, preprocessing, examples);
      const step = trainOnBatch(spec, local, theta, state, batch);
      tf.dispose([theta, batch.images, batch.labels]);
      if (step.state !== state) disposeState(state);
      ({ theta, state } = step);
      meter.add(step.totals, examples.length);
      if ((index + 1) % BATCHES_PER_READING === 0 || index + 1 === orders.length) {
        const loss = await meter.read();
        options.onBatch?.({ batch: index + 1, batches: orders.length, loss });
      }
      await yieldToEvents();
    }
    const { loss, accuracy } = meter.means();
    const parameters = await theta.data<"float32">();
    const optimizerState = await downloadState(state);
    return { parameters, optimizerState, loss, accuracy, examples: dataset.count, batches: orders.length };
  } finally {
    meter.dispose();
    theta.dispose();
    disposeState(state);
  }
}

/** The examples of every batch of every epoch, in order. */
function epochOrders(count: number, local: LocalTraining, seed: number): readonly Uint32Array[] {
  const rng = createRng(seed);
  const batches: Uint32Array[] = [];
  for (let epoch = 0; epoch < local.epochs; epoch++) {
    const order = permutation(count, rng);
    for (let at = 0; at < count; at += local.batchSize)
      batches.push(order.subarray(at, at + local.batchSize));
  }
  return batches;
}

/** One step. `totals` [2]: summed cross-entropy and right answers, before the step. */
function trainOnBatch(
  spec: NetworkSpec,
  local: LocalTraining,
  theta: tf.Tensor1D,
  state: DeviceOptimizerState,
  batch: Batch,
): { theta: tf.Tensor1D; state: DeviceOptimizerState; totals: tf.Tensor1D } {
  const count = batch.labels.shape[0];
  const [totals, gradient] = tf.tidy(() => {
    let logits: tf.Tensor2D | undefined;
    const meanLoss = (theta: tf.Tensor): tf.Scalar => {
      const output = forward(spec, theta as tf.Tensor1D, batch.images);
      logits = tf.keep(tf.clone(output));
      return tf.div(summedCrossEntropy(output, batch.labels), count);
    };
    const { value, grad } = tf.valueAndGrad(meanLoss)(theta);
    const kept = logits as unknown as tf.Tensor2D;
    const totals = tf.stack([tf.mul(value, count), countRight(kept, batch.labels)]) as tf.Tensor1D;
    kept.dispose();
    return [totals, grad as tf.Tensor1D];
  });
  const step = applyStep(local.optimizer, theta, gradient, state);
  gradient.dispose();
  return { theta: step.value, state: step.state, totals };
}

/** -sum over the batch of log softmax(logits)[label]. Logits [B, K], labels [B]. */
export function summedCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  // oneHot of the wasm backend writes int32 whatever dtype it is asked for, so the conversion comes after.
  const chosen = tf.cast(tf.oneHot(labels, logits.shape[1]), "float32"); // [B, K]
  return tf.neg(tf.sum(tf.mul(chosen, logSoftmax(logits))));
}

/** How many rows of `logits` [B, K] have their largest value at the label. */
export function countRight(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "float32"));
}

/** Sums the batches' totals on the device, and in float64 from one reading to the next. */
function createMeter() {
  let pending: tf.Tensor1D | null = null;
  let pendingExamples = 0;
  let [loss, right, examples] = [0, 0, 0];
  const dispose = () => {
    pending?.dispose();
    pending = null;
  };
  return {
    /** Takes ownership of `totals`. */
    add(totals: tf.Tensor1D, count: number) {
      const sum: tf.Tensor1D = pending === null ? totals : tf.add(pending, totals);
      if (pending !== null) tf.dispose([pending, totals]);
      pending = sum;
      pendingExamples += count;
    },
    /** Mean loss since the last reading. */
    async read(): Promise<number> {
      if (pending === null) return 0;
      const [addedLoss = 0, addedRight = 0] = await pending.data();
      const mean = addedLoss / pendingExamples;
      loss += addedLoss;
      right += addedRight;
      examples += pendingExamples;
      pendingExamples = 0;
      dispose();
      return mean;
    },
    means: () => ({ loss: loss / examples, accuracy: right / examples }),
    dispose,
  };
}
