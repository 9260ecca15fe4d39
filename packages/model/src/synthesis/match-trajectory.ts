/**
 * How far a few SGD steps on synthetic images end from a target, and the exact gradient of that, with memory for one
 * step whatever their number: theta_0..theta_T are kept, and each step is differentiated twice by itself.
 * Cazenavette et al., CVPR 2022, equation 2; the recursion is the discrete adjoint of the unrolled SGD.
 * Legend: N images, K classes, P parameters, T steps.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import type { Batch } from "../network/batch-passes.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { innerGradient, innerTangent } from "./inner-loss.ts";

/**
 * How lambda = dD/dtheta_i goes back a step: by the exact adjoint, or unchanged, the approximation of TESLA
 * (Cui et al., ICML 2023), which leaves out what a step changes for the steps after it.
 */
export type Recursion = "exact" | "tesla";

export type MatchProblem = {
  readonly spec: NetworkSpec;
  /** theta_0 and where theta_T should be, [P]. */
  readonly start: Float32Array;
  readonly target: Float32Array;
  /** The images of step i, [N, H, W, C]; asked once for each i, in order. */
  readonly imagesAt: (step: number) => Float32Array;
  /** Soft labels, [N, K]. */
  readonly labels: Float32Array;
  readonly innerStep: number;
  readonly steps: number;
  /** Exact if absent. */
  readonly recursion?: Recursion;
  /** Images differentiated at once; by default what network/chunks.ts says. */
  readonly chunkLength?: number;
  readonly signal?: AbortSignal | undefined;
};

export type Match = {
  /** D = |theta_T - target|^2 / |theta_0 - target|^2 */
  readonly distance: number;
  readonly end: Float32Array;
  /** Loss at theta_0..theta_{T-1}. */
  readonly losses: readonly number[];
  /** Gradients of D: in the images of each step, in the soft labels, in the inner step size. */
  readonly imageGradients: readonly Float32Array[];
  readonly labelGradient: Float32Array;
  readonly innerStepGradient: number;
};

/** Yields to events after every chunk of every step; an abort rejects with the signal's reason. Leaves no tensor behind. */
export async function matchTrajectory(problem: MatchProblem): Promise<Match> {
  const owned: tf.Tensor[] = [];
  try {
    const count = problem.labels.length / problem.spec.classes;
    const labels = own(owned, tf.tensor2d(problem.labels, [count, problem.spec.classes]));
    const steps = Array.from({ length: problem.steps }, (_, step) => problem.imagesAt(step));
    const { path, losses } = await walk(problem, steps, labels, owned);
    const end = await (path.at(-1) as tf.Tensor1D).data<"float32">();
    const reach = squaredDistance(problem.start, problem.target);
    const pull = end.map((value, i) => (2 * (value - (problem.target[i] as number))) / reach);
    const back = await walkBack(problem, steps, labels, path, tf.tensor1d(pull));
    return { distance: squaredDistance(end, problem.target) / reach, end, losses, ...back };
  } finally {
    tf.dispose(owned);
  }
}

/** theta_0..theta_T and the losses on the way. */
async function walk(
  problem: MatchProblem,
  steps: readonly Float32Array[],
  labels: tf.Tensor2D,
  owned: tf.Tensor[],
) {
  const path = [own(owned, tf.tensor1d(problem.start))];
  const losses: tf.Scalar[] = [];
  for (const images of steps) {
    const theta = path.at(-1) as tf.Tensor1D;
    const { loss, gradient } = await withBatch(problem, images, labels, (batch) =>
      innerGradient(problem.spec, theta, batch, problem),
    );
    path.push(own(owned, along(theta, gradient, problem.innerStep)));
    losses.push(own(owned, loss));
    gradient.dispose();
  }
  return { path, losses: await readScalars(losses) };
}

/**
 * lambda_T = dD/dtheta_T; for i = T-1..0, with h = <lambda, grad l(theta_i; x_i, y)> and a the inner step size:
 * dx_i = -a dh/dx, dy -= a dh/dy, da -= h, lambda -= a dh/dtheta (not in TESLA). Takes ownership of `pull`.
 */
async function walkBack(
  problem: MatchProblem,
  steps: readonly Float32Array[],
  labels: tf.Tensor2D,
  path: readonly tf.Tensor1D[],
  pull: tf.Tensor1D,
) {
  let lambda = pull;
  let labelSum: tf.Tensor2D = tf.zerosLike(labels);
  const imageParts: tf.Tensor4D[] = [];
  const slopes: tf.Scalar[] = [];
  try {
    for (const [step, images] of [...steps.entries()].reverse()) {
      const theta = path[step] as tf.Tensor1D;
      const h = await withBatch(problem, images, labels, (batch) =>
        innerTangent(problem.spec, theta, lambda, batch, problem),
      );
      imageParts[step] = h.images;
      slopes.push(h.slope);
      labelSum = replaced(labelSum, tf.add(labelSum, h.labels));
      if (problem.recursion !== "tesla") lambda = replaced(lambda, along(lambda, h.theta, problem.innerStep));
      tf.dispose([h.theta, h.labels]);
    }
    const read = async (tensor: tf.Tensor) => times(await tensor.data<"float32">(), -problem.innerStep);
    return {
      imageGradients: await Promise.all(imageParts.map(read)),
      labelGradient: await read(labelSum),
      innerStepGradient: -(await readScalars(slopes)).reduce((sum, slope) => sum + slope, 0),
    };
  } finally {
    tf.dispose([lambda, labelSum, imageParts.filter(Boolean), slopes]);
  }
}

/** Uploads the images for as long as `use` takes. */
async function withBatch<Result>(
  problem: MatchProblem,
  images: Float32Array,
  labels: tf.Tensor2D,
  use: (batch: Batch) => Promise<Result>,
): Promise<Result> {
  const [height, width, channels] = problem.spec.image;
  const uploaded = tf.tensor4d(images, [labels.shape[0], height, width, channels]);
  try {
    return await use({ images: uploaded, labels });
  } finally {
    uploaded.dispose();
  }
}

/** x - step * gradient */
function along(x: tf.Tensor1D, gradient: tf.Tensor1D, step: number): tf.Tensor1D {
  return tf.tidy(() => tf.sub(x, tf.mul(gradient, step)));
}

function replaced<T extends tf.Tensor>(old: T, fresh: T): T {
  old.dispose();
  return fresh;
}

function times(values: Float32Array, factor: number): Float32Array {
  return values.map((value) => value * factor);
}

function own<T extends tf.Tensor>(owned: tf.Tensor[], tensor: T): T {
  owned.push(tensor);
  return tensor;
}

async function readScalars(scalars: readonly tf.Scalar[]): Promise<number[]> {
  const values = await Promise.all(scalars.map((scalar) => scalar.data()));
  return values.map((value) => value[0] as number);
}

/** |a - b|^2 in float64. */
export function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}
