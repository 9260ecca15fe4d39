/** Local training of one volunteer. Legend: B examples in a batch, K outputs, P parameters. */
import * as tf from "@tensorflow/tfjs-core";
import { type LocalTraining, lossOf, type NetworkSpec, type Preprocessing } from "@tributary/protocol";
import { type Batch, batchGradient } from "../network/batch-passes.ts";
import { parameterCount } from "../network/layout.ts";
import { requireLength } from "../requirements.ts";
import { createRng, permutation } from "../rng.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { makeBatch, requireFit } from "./batches.ts";
import { countRight } from "./count-right.ts";
import type { Dataset } from "./dataset.ts";
import { type DeviceCorrection, type GradientCorrection, uploadCorrection } from "./gradient-correction.ts";
import {
  applyStep,
  type DeviceOptimizerState,
  disposeState,
  downloadState,
  type OptimizerState,
  requireState,
  uploadState,
} from "./optimizer.ts";

/** What one volunteer trains on, and how. */
export type LocalTrainingOptions = {
  readonly spec: NetworkSpec;
  /** The parameters to begin with, [P]. */
  readonly start: Float32Array;
  readonly dataset: Dataset;
  /** The places of the examples to train on. Default: all. */
  readonly examples?: Uint32Array | undefined;
  /** How pixels become the network's input; null for rows. */
  readonly preprocessing: Preprocessing | null;
  readonly local: LocalTraining;
  /** The state that the optimiser goes on from; see `initialOptimizerState`. */
  readonly optimizerState: OptimizerState;
  /** Fixes the order of the examples, a uint32. */
  readonly seed: number;
  /** What is added to every step's gradient. Default: nothing. */
  readonly correction?: GradientCorrection | null;
  /** Whether to sum the mini-batch gradients for `meanGradient`. Default: false. */
  readonly keepMeanGradient?: boolean;
  /** Called after every eighth batch and after the last. `loss` is the mean since the call before. */
  readonly onBatch?: (progress: {
    readonly batch: number;
    readonly batches: number;
    readonly loss: number;
  }) => void;
  readonly signal?: AbortSignal | undefined;
};

/** What local training ends with. */
export type LocalTrainingResult = {
  /** [P] */
  readonly parameters: Float32Array;
  readonly optimizerState: OptimizerState;
  /** Mean loss over all examples of all epochs, each measured just before its batch's step. */
  readonly loss: number;
  /** Share of right answers (0..1), measured likewise; null where the network predicts a number. */
  readonly accuracy: number | null;
  /** Examples trained on. */
  readonly examples: number;
  /** Steps taken. */
  readonly batches: number;
  /** Mean of the steps' mini-batch gradients before any correction, [P]; null unless `keepMeanGradient`. */
  readonly meanGradient: Float32Array | null;
};

/** Reading the loss waits for the device, so it is read after every eighth batch only. */
const BATCHES_PER_READING = 8;

/**
 * Trains for `local.epochs` passes over the dataset, each in a fresh seeded order, in batches of `local.batchSize`
 * with the last one smaller. Every batch is one optimiser step along the gradient of its mean loss. The same
 * arguments on the same backend give the same bits.
 * Throws on a dataset, vector or state that does not fit the network or plan; an abort rejects with the signal's
 * reason.
 */
export async function trainLocally(options: LocalTrainingOptions): Promise<LocalTrainingResult> {
  const { spec, start, dataset, local } = options;
  requireFit(spec, options);
  requireLength("parameters", start, parameterCount(spec));
  requireState(local.optimizer, options.optimizerState, start.length);
  const chosen = options.examples ?? null;
  const count = chosen?.length ?? dataset.count;
  if (count === 0) throw new Error("expected at least one example to train on, got none");
  const orders = epochOrders(count, local, options.seed).map((order) => placesIn(chosen, order));
  const training = openTraining(options);
  const meter = createMeter();
  try {
    for (const [index, examples] of orders.entries()) {
      meter.add(await takeStep(training, options, examples), examples.length);
      if ((index + 1) % BATCHES_PER_READING === 0 || index + 1 === orders.length) {
        const loss = await meter.read();
        options.onBatch?.({ batch: index + 1, batches: orders.length, loss });
      }
    }
    const { loss, accuracy } = meter.means();
    const sum = (await training.gradients?.data<"float32">()) ?? null;
    return {
      parameters: await training.theta.data<"float32">(),
      optimizerState: await downloadState(training.state),
      loss,
      accuracy: lossOf(spec) === "cross-entropy" ? accuracy : null,
      examples: count,
      batches: orders.length,
      meanGradient: sum?.map((value) => value / orders.length) ?? null,
    };
  } finally {
    meter.dispose();
    closeTraining(training);
  }
}

/** Training under way. Its tensors are its own, and are replaced step by step. */
type Training = {
  theta: tf.Tensor1D;
  state: DeviceOptimizerState;
  /** The sum of the mini-batch gradients, [P]; null where it is not kept. */
  gradients: tf.Tensor1D | null;
  readonly correction: DeviceCorrection | null;
};

function openTraining({
  start,
  optimizerState,
  correction,
  keepMeanGradient,
}: LocalTrainingOptions): Training {
  const uploaded = correction == null ? null : uploadCorrection(correction, start);
  const theta = tf.tensor1d(start);
  const gradients = keepMeanGradient === true ? tf.zerosLike(theta) : null;
  return { theta, state: uploadState(optimizerState), gradients, correction: uploaded };
}

function closeTraining({ theta, state, gradients, correction }: Training): void {
  theta.dispose();
  gradients?.dispose();
  correction?.dispose();
  disposeState(state);
}

/** One step on the given examples. Returns summed loss and right answers before it, [2], the caller's. */
async function takeStep(
  training: Training,
  { spec, dataset, preprocessing, local, signal }: LocalTrainingOptions,
  examples: Uint32Array,
): Promise<tf.Tensor1D> {
  const { theta, state, gradients, correction } = training;
  const batch = makeBatch({ dataset, preprocessing }, spec, examples);
  const { totals, gradient } = await gradientOf(spec, theta, batch, signal);
  if (gradients !== null) training.gradients = replaced(gradients, tf.add(gradients, gradient));
  const step = correctedStep(local, theta, gradient, state, correction);
  tf.dispose([theta, gradient]);
  if (step.state !== state) disposeState(state);
  training.theta = step.value;
  training.state = step.state;
  return totals;
}

function replaced<T extends tf.Tensor>(old: T, fresh: T): T {
  old.dispose();
  return fresh;
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

/** What the places in `chosen` are in the data set; the same where all is chosen. */
function placesIn(chosen: Uint32Array | null, order: Uint32Array): Uint32Array {
  return chosen === null ? order : order.map((place) => chosen[place] as number);
}

/** The gradient of the batch's mean loss, [P]; `totals` are summed loss and right answers, [2]. */
async function gradientOf(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  batch: Batch,
  signal: AbortSignal | undefined,
): Promise<{ readonly totals: tf.Tensor1D; readonly gradient: tf.Tensor1D }> {
  try {
    const { loss, gradient, logits } = await batchGradient(spec, theta, batch, { signal });
    const totals = tf.tidy(
      () => tf.stack([tf.mul(loss, logits.shape[0]), countRight(logits, batch.labels)]) as tf.Tensor1D,
    );
    tf.dispose([loss, logits]);
    return { totals, gradient };
  } finally {
    tf.dispose([batch.inputs, batch.labels]);
  }
}

/** One step of the optimiser along the corrected gradient. */
function correctedStep(
  local: LocalTraining,
  theta: tf.Tensor1D,
  gradient: tf.Tensor1D,
  state: DeviceOptimizerState,
  correction: DeviceCorrection | null,
) {
  if (correction === null) return applyStep(local.optimizer, theta, gradient, state);
  const corrected = correction.apply(gradient, theta);
  const step = applyStep(local.optimizer, theta, corrected, state);
  corrected.dispose();
  return step;
}

/** Sums the batches' totals: on the device up to a reading, and in float64 from one reading to the next. */
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
    /** Mean loss since the last reading; 0 where nothing was added. */
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
