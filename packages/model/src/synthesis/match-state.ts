/**
 * How far a match has come (see match-trajectory.ts), as plain numbers: float32 values go to the host and back without
 * rounding, so that a match goes on from here bit for bit.
 * Legend: N images or rows, each of the shape of the network's input; K classes, P parameters, T steps.
 */
import * as tf from "@tensorflow/tfjs-core";

/** The steps walked so far, 1 to i, and those differentiated, T-1 down to j. */
export type MatchState = {
  /** theta_1..theta_i, each [P]. */
  readonly path: readonly Float32Array[];
  /** Loss at theta_0..theta_{i-1}. */
  readonly losses: readonly number[];
  /** Null until the way back has begun. */
  readonly back: BackState | null;
};

/** The way back so far. */
export type BackState = {
  /** dD/dtheta_j, [P] */
  readonly lambda: Float32Array;
  /** The sum of dh/dy over the steps differentiated, [N, K]. */
  readonly labels: Float32Array;
  /** dh/dx of those steps, from T-1 down, each [N, ...input]. */
  readonly inputs: readonly Float32Array[];
  /** h of those steps, in the same order. */
  readonly slopes: readonly number[];
};

/** The way there in tensors: theta_0..theta_i, and the losses. */
export type Forth = { readonly path: tf.Tensor1D[]; readonly losses: tf.Scalar[] };

/** The way back in tensors. `inputs` and `slopes` grow, from step T-1 down. */
export type Back = {
  lambda: tf.Tensor1D;
  labels: tf.Tensor2D;
  readonly inputs: tf.Tensor[];
  readonly slopes: tf.Scalar[];
};

/** The way there on the current backend, from `start` or from where a match had come. The caller owns the tensors. */
export function uploadForth(start: Float32Array, from: MatchState | null): Forth {
  return {
    path: [start, ...(from?.path ?? [])].map((theta) => tf.tensor1d(theta)),
    losses: (from?.losses ?? []).map((loss) => tf.scalar(loss)),
  };
}

/** The way back on the current backend, for inputs of `shape`, [N, ...input]. The caller owns the tensors. */
export function uploadBack(from: BackState, shape: readonly number[], classes: number): Back {
  return {
    lambda: tf.tensor1d(from.lambda),
    labels: tf.tensor2d(from.labels, [shape[0] as number, classes]),
    inputs: from.inputs.map((inputs) => tf.tensor(inputs, [...shape], "float32")),
    slopes: from.slopes.map((slope) => tf.scalar(slope)),
  };
}

/** Reads a match back from the device; `back` is null where the way back has not begun. Disposes nothing. */
export async function readState({ path, losses }: Forth, back: Back | null): Promise<MatchState> {
  return {
    path: await readAll(path.slice(1)),
    losses: await readScalars(losses),
    back: back && (await readBack(back)),
  };
}

/** Reads the way back from the device. Disposes nothing. */
export async function readBack({ lambda, labels, inputs, slopes }: Back): Promise<BackState> {
  return {
    lambda: await lambda.data<"float32">(),
    labels: await labels.data<"float32">(),
    inputs: await readAll(inputs),
    slopes: await readScalars(slopes),
  };
}

function readAll(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  return Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
}

/** Reads scalars from the device. Disposes nothing. */
export async function readScalars(scalars: readonly tf.Scalar[]): Promise<number[]> {
  const values = await readAll(scalars);
  return values.map((value) => value[0] as number);
}
