/**
 * How far a match has come, as plain numbers: float32 values go to the host and back without rounding, so that a match
 * goes on from here bit for bit. Legend: N images, K classes, P parameters, T steps.
 */
import * as tf from "@tensorflow/tfjs-core";

export type MatchState = {
  /** theta_1..theta_i, each [P]. */
  readonly path: readonly Float32Array[];
  /** Loss at theta_0..theta_{i-1}. */
  readonly losses: readonly number[];
  /** Null until the way back has begun. */
  readonly back: BackState | null;
};

export type BackState = {
  /** dD/dtheta_j, [P]: the steps T-1..j are differentiated. */
  readonly lambda: Float32Array;
  /** Sum of dh/dy over those steps, [N, K]. */
  readonly labels: Float32Array;
  /** dh/dx and h of those steps, in that order. */
  readonly images: readonly Float32Array[];
  readonly slopes: readonly number[];
};

/** The way there: theta_0..theta_i, and the losses. */
export type Forth = { readonly path: tf.Tensor1D[]; readonly losses: tf.Scalar[] };

/** The way back, in tensors; `images` and `slopes` grow, from step T-1 down. */
export type Back = {
  lambda: tf.Tensor1D;
  labels: tf.Tensor2D;
  readonly images: tf.Tensor4D[];
  readonly slopes: tf.Scalar[];
};

export function uploadForth(start: Float32Array, from: MatchState | null): Forth {
  return {
    path: [start, ...(from?.path ?? [])].map((theta) => tf.tensor1d(theta)),
    losses: (from?.losses ?? []).map((loss) => tf.scalar(loss)),
  };
}

/** @param shape of the images, [N, H, W, C] */
export function uploadBack(
  from: BackState,
  shape: readonly [number, number, number, number],
  classes: number,
): Back {
  return {
    lambda: tf.tensor1d(from.lambda),
    labels: tf.tensor2d(from.labels, [shape[0], classes]),
    images: from.images.map((images) => tf.tensor4d(images, [...shape])),
    slopes: from.slopes.map((slope) => tf.scalar(slope)),
  };
}

export async function readState({ path, losses }: Forth, back: Back | null): Promise<MatchState> {
  return {
    path: await readAll(path.slice(1)),
    losses: await readScalars(losses),
    back: back && (await readBack(back)),
  };
}

export async function readBack({ lambda, labels, images, slopes }: Back): Promise<BackState> {
  return {
    lambda: await lambda.data<"float32">(),
    labels: await labels.data<"float32">(),
    images: await readAll(images),
    slopes: await readScalars(slopes),
  };
}

function readAll(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  return Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
}

export async function readScalars(scalars: readonly tf.Scalar[]): Promise<number[]> {
  const values = await readAll(scalars);
  return values.map((value) => value[0] as number);
}
