/**
 * How far a few SGD steps on synthetic images end from a target, and the exact gradient of that, with memory for one
 * step whatever their number: theta_0..theta_T are kept, and each step is differentiated twice by itself.
 * Cazenavette et al., CVPR 2022, equation 2; the recursion is the discrete adjoint of the unrolled SGD.
 * Legend: N images, K classes, P parameters, T steps.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import { yieldToEvents } from "../tensor/yield-to-events.ts";
import { type Chunk, chunkLength, cutIntoChunks, innerGradient, innerLoss } from "./inner-loss.ts";

export type MatchProblem = {
  readonly spec: NetworkSpec;
  /** theta_0 and where theta_T should be, [P]. */
  readonly start: Float32Array;
  readonly target: Float32Array;
  /** The images of step i, [N, H, W, C]; asked twice for each i. */
  readonly imagesAt: (step: number) => Float32Array;
  /** Soft labels, [N, K]. */
  readonly labels: Float32Array;
  readonly innerStep: number;
  readonly steps: number;
  /** Images differentiated at once; by default what fits in memory well. */
  readonly chunkLength?: number;
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

/** Yields to events after every step. Leaves no tensor behind. */
export async function matchTrajectory(problem: MatchProblem): Promise<Match> {
  const owned: tf.Tensor[] = [];
  try {
    const labels = own(owned, tf.tensor2d(problem.labels, [imageCount(problem), problem.spec.classes]));
    const { path, losses } = await walk(problem, labels, owned);
    const end = await (path.at(-1) as tf.Tensor1D).data<"float32">();
    const reach = squaredDistance(problem.start, problem.target);
    const pull = end.map((value, i) => (2 * (value - (problem.target[i] as number))) / reach);
    const back = await walkBack(problem, labels, path, tf.tensor1d(pull), owned);
    return { distance: squaredDistance(end, problem.target) / reach, end, losses, ...back };
  } finally {
    tf.dispose(owned);
  }
}

/** theta_0..theta_T and the losses on the way. */
async function walk(problem: MatchProblem, labels: tf.Tensor2D, owned: tf.Tensor[]) {
  const path = [own(owned, tf.tensor1d(problem.start))];
  const losses: tf.Scalar[] = [];
  for (let step = 0; step < problem.steps; step++) {
    const theta = path[step] as tf.Tensor1D;
    const { next, loss } = tf.tidy(() => {
      const { loss, gradient } = innerGradient(problem.spec, theta, chunksAt(problem, step, labels));
      return { next: tf.sub(theta, tf.mul(gradient, problem.innerStep)), loss };
    });
    path.push(own(owned, next as tf.Tensor1D));
    losses.push(own(owned, loss));
    await yieldToEvents();
  }
  return { path, losses: await readScalars(losses) };
}

/**
 * lambda_T = dD/dtheta_T; for i = T-1..0, with h = <lambda, grad L(theta_i; x_i, y)> and a the inner step size:
 * dx_i = -a dh/dx, dy -= a dh/dy, da -= h, lambda -= a dh/dtheta.
 */
async function walkBack(
  problem: MatchProblem,
  labels: tf.Tensor2D,
  path: readonly tf.Tensor1D[],
  pull: tf.Tensor1D,
  owned: tf.Tensor[],
) {
  let lambda = pull;
  let labelGradient: tf.Tensor2D = tf.zerosLike(labels);
  const imageGradients: tf.Tensor4D[] = [];
  const slopes: tf.Scalar[] = [];
  try {
    for (let step = problem.steps - 1; step >= 0; step--) {
      const one = tf.tidy(() => {
        const chunks = chunksAt(problem, step, labels);
        const product = gradientProduct(problem.spec, path[step] as tf.Tensor1D, chunks, lambda);
        return {
          lambda: tf.sub(lambda, tf.mul(product.theta, problem.innerStep)),
          labelGradient: tf.sub(labelGradient, tf.mul(product.labels, problem.innerStep)),
          images: tf.mul(product.images, -problem.innerStep),
          slope: tf.neg(product.value),
        };
      });
      tf.dispose([lambda, labelGradient]);
      lambda = one.lambda as tf.Tensor1D;
      labelGradient = one.labelGradient as tf.Tensor2D;
      imageGradients[step] = own(owned, one.images as tf.Tensor4D);
      slopes.push(own(owned, one.slope as tf.Scalar));
      await yieldToEvents();
    }
    return {
      imageGradients: await Promise.all(imageGradients.map((gradient) => gradient.data<"float32">())),
      labelGradient: await labelGradient.data<"float32">(),
      innerStepGradient: (await readScalars(slopes)).reduce((sum, slope) => sum + slope, 0),
    };
  } finally {
    tf.dispose([lambda, labelGradient]);
  }
}

/** h = <direction, gradient of the inner loss at theta>, and its gradients in theta, images and labels. */
function gradientProduct(
  spec: NetworkSpec,
  theta: tf.Tensor1D,
  chunks: readonly Chunk[],
  direction: tf.Tensor1D,
): { value: tf.Scalar; theta: tf.Tensor1D; images: tf.Tensor4D; labels: tf.Tensor2D } {
  const parts = chunks.map(({ images, labels, share }) => {
    const product = (theta: tf.Tensor, images: tf.Tensor, labels: tf.Tensor): tf.Scalar => {
      const loss = (theta: tf.Tensor) =>
        innerLoss(spec, theta as tf.Tensor1D, images as tf.Tensor4D, labels as tf.Tensor2D);
      return tf.mul(tf.sum(tf.mul(tf.grad(loss)(theta), direction)), share);
    };
    return tf.valueAndGrads(product)([theta, images, labels]);
  });
  const sum = (tensors: tf.Tensor[]) => (tensors.length === 1 ? (tensors[0] as tf.Tensor) : tf.addN(tensors));
  return {
    value: sum(parts.map((part) => part.value)) as tf.Scalar,
    theta: sum(parts.map((part) => part.grads[0] as tf.Tensor)) as tf.Tensor1D,
    images: tf.concat(parts.map((part) => part.grads[1] as tf.Tensor4D)),
    labels: tf.concat(parts.map((part) => part.grads[2] as tf.Tensor2D)),
  };
}

function chunksAt(problem: MatchProblem, step: number, labels: tf.Tensor2D): readonly Chunk[] {
  const [height, width, channels] = problem.spec.image;
  const images = tf.tensor4d(problem.imagesAt(step), [labels.shape[0], height, width, channels]);
  return cutIntoChunks(images, labels, problem.chunkLength ?? chunkLength(problem.spec));
}

function imageCount(problem: MatchProblem): number {
  return problem.labels.length / problem.spec.classes;
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
