/**
 * How far from a target a few SGD steps on a synthetic set end, and the exact gradient of that distance. Memory
 * holds the graph of one step only, however many there are: theta_0..theta_T are kept, and each step is
 * differentiated twice by itself. Cazenavette et al., "Dataset Distillation by Matching Training Trajectories", CVPR
 * 2022, equation 2; the recursion is the discrete adjoint of the unrolled SGD.
 * Legend: N images or rows, each of the shape of the network's input; K classes, P parameters, T steps.
 */
import * as tf from "@tensorflow/tfjs-core";
import { classesOf, inputShapeOf, type NetworkSpec } from "@tributary/protocol";
import type { Batch } from "../network/batch-passes.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { innerGradient, innerTangent } from "./inner-loss.ts";
import {
  type Back,
  type Forth,
  type MatchState,
  readBack,
  readScalars,
  readState,
  uploadBack,
  uploadForth,
} from "./match-state.ts";

/**
 * How lambda = dD/dtheta_i goes back a step: by the exact adjoint, or unchanged. The latter is the approximation of
 * TESLA (Cui et al., "Scaling Up Dataset Distillation to ImageNet-1K with Constant Memory", ICML 2023), which
 * neglects what a step changes for the steps after it.
 */
export type Recursion = "exact" | "tesla";

/** Where SGD starts, on which inputs it runs, and where it should end. */
export type MatchProblem = {
  readonly spec: NetworkSpec;
  /** theta_0, [P] */
  readonly start: Float32Array;
  /** Where theta_T should be, [P]. */
  readonly target: Float32Array;
  /** The inputs of step i, [N, ...input]; called once for each i, in order. */
  readonly inputsAt: (step: number) => Float32Array;
  /** Soft labels, [N, K]. */
  readonly labels: Float32Array;
  /** a, the step size of the SGD. */
  readonly innerStep: number;
  /** T */
  readonly steps: number;
  /** Default: exact. */
  readonly recursion?: Recursion;
  /** Examples differentiated at once. Default: `chunkLength` of network/chunks.ts. */
  readonly chunkLength?: number;
  readonly signal?: AbortSignal | undefined;
  /** Where an earlier match of the same problem had come to. Default: the start. */
  readonly from?: MatchState | null;
  /**
   * Called after every step, there and back. `save` reads how far this match has come; it may be called until the
   * promise is kept.
   */
  readonly onStep?: ((save: () => Promise<MatchState>) => void | Promise<void>) | undefined;
};

/** Where a match ended, and the gradient of its distance D. */
export type Match = {
  /** D = |theta_T - target|^2 / |theta_0 - target|^2 */
  readonly distance: number;
  /** theta_T, [P] */
  readonly end: Float32Array;
  /** l at theta_0..theta_{T-1}; see inner-loss.ts. */
  readonly losses: readonly number[];
  /** dD/dx_i for i = 0..T-1, each [N, ...input]. */
  readonly inputGradients: readonly Float32Array[];
  /** dD/dy, [N, K] */
  readonly labelGradient: Float32Array;
  /** dD/da */
  readonly innerStepGradient: number;
};

/**
 * Walks the T steps and differentiates D in inputs, labels and step size. Events have their turn after every chunk of
 * every step; an abort rejects with the signal's reason. Leaves no tensor behind.
 */
export async function matchTrajectory(problem: MatchProblem): Promise<Match> {
  const { start, target, from = null } = problem;
  const batches = uploadBatches(problem);
  const forth = uploadForth(start, from);
  let back: Back | null = null;
  try {
    await walk(problem, batches, forth);
    const end = await (forth.path.at(-1) as tf.Tensor1D).data<"float32">();
    const reach = squaredDistance(start, target);
    const pull = end.map((value, i) => (2 * (value - (target[i] as number))) / reach);
    const begun = { lambda: pull, labels: new Float32Array(problem.labels.length), inputs: [], slopes: [] };
    back = uploadBack(from?.back ?? begun, batches.shape, classesOf(problem.spec));
    await walkBack(problem, batches, forth, back);
    const { inputs, labels, slopes } = await readBack(back);
    return {
      distance: squaredDistance(end, target) / reach,
      end,
      losses: await readScalars(forth.losses),
      inputGradients: inputs.map((h) => times(h, -problem.innerStep)).reverse(),
      labelGradient: times(labels, -problem.innerStep),
      innerStepGradient: -slopes.reduce((sum, slope) => sum + slope, 0),
    };
  } finally {
    tf.dispose([batches.labels, { ...forth }, { ...back }]);
  }
}

type Batches = {
  /** Each step's inputs, [N, ...input]; they are uploaded when their step comes. */
  readonly inputs: readonly Float32Array[];
  readonly shape: readonly number[];
  readonly labels: tf.Tensor2D;
};

function uploadBatches({ spec, steps, inputsAt, labels }: MatchProblem): Batches {
  const classes = classesOf(spec);
  const count = labels.length / classes;
  return {
    inputs: Array.from({ length: steps }, (_, step) => inputsAt(step)),
    shape: [count, ...inputShapeOf(spec)],
    labels: tf.tensor2d(labels, [count, classes]),
  };
}

/** Walks on to theta_T, and keeps the losses on the way. */
async function walk(problem: MatchProblem, batches: Batches, forth: Forth): Promise<void> {
  for (const inputs of batches.inputs.slice(forth.losses.length)) {
    const theta = forth.path.at(-1) as tf.Tensor1D;
    const { loss, gradient } = await withBatch(batches, inputs, (batch) =>
      innerGradient(problem.spec, theta, batch, problem),
    );
    forth.path.push(along(theta, gradient, problem.innerStep));
    forth.losses.push(loss);
    gradient.dispose();
    await problem.onStep?.(() => readState(forth, null));
  }
}

/**
 * Walks back from lambda = dD/dtheta_T. For i = T-1..0, with h = <lambda, grad l(theta_i; x_i, y)>: dx_i = -a dh/dx,
 * dy -= a dh/dy, da -= h, and then lambda -= a dh/dtheta, but not in TESLA.
 */
async function walkBack(problem: MatchProblem, batches: Batches, forth: Forth, back: Back): Promise<void> {
  const left = batches.inputs.slice(0, batches.inputs.length - back.slopes.length);
  for (const [step, inputs] of [...left.entries()].reverse()) {
    const theta = forth.path[step] as tf.Tensor1D;
    const h = await withBatch(batches, inputs, (batch) =>
      innerTangent(problem.spec, theta, back.lambda, batch, problem),
    );
    back.inputs.push(h.inputs);
    back.slopes.push(h.slope);
    back.labels = replaced(back.labels, tf.add(back.labels, h.labels));
    if (problem.recursion !== "tesla") {
      back.lambda = replaced(back.lambda, along(back.lambda, h.theta, problem.innerStep));
    }
    tf.dispose([h.theta, h.labels]);
    await problem.onStep?.(() => readState(forth, back));
  }
}

/** Uploads the inputs for as long as `use` takes. */
async function withBatch<Result>(
  { shape, labels }: Batches,
  inputs: Float32Array,
  use: (batch: Batch) => Promise<Result>,
): Promise<Result> {
  const uploaded = tf.tensor(inputs, [...shape], "float32");
  try {
    return await use({ inputs: uploaded, labels });
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

/** |a - b|^2 in float64. */
function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}
