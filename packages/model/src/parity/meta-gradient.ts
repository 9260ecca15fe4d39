/** Compares the whole chain, from network to inner loss to recursion, on the current backend with known numbers. */
import * as tf from "@tensorflow/tfjs-core";
import {
  classesOf,
  type ImageShape,
  type InputShape,
  inputShapeOf,
  inputSizeOf,
  type NetworkSpec,
} from "@tributary/protocol";
import { layoutOf } from "../network/layout.ts";
import { logits as logitsOf } from "../network/passes.ts";
import { innerGradient } from "../synthesis/inner-loss.ts";
import { matchTrajectory } from "../synthesis/match-trajectory.ts";
import { softmaxRows, softmaxRowsAdjoint } from "../synthesis/synthetic-set.ts";
import { relativeError } from "./relative-error.ts";

/** What the examples are: images ([height, width], or the side of a square), or rows of a table. */
type VectorInput =
  | { readonly image: number | readonly [number, number]; readonly channels: number }
  | { readonly features: number };

/** A problem and its solution. Tensors are row-major, in the shapes of synthesis/match-trajectory.ts. */
export type MetaGradientVector = VectorInput & {
  readonly classes: number;
  /** Images, or rows. */
  readonly images: number;
  readonly steps: number;
  /** Names and shapes of the parameters, as `layoutOf` has them: they say which network it is. */
  readonly layout: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly input: {
    readonly start: readonly number[];
    readonly target: readonly number[];
    readonly x: readonly number[];
    /** Label logits. */
    readonly y: readonly number[];
    /** Inner step size. */
    readonly lr: number;
  };
  readonly expect: {
    /** Logits of the first step, and the inner loss of every step. */
    readonly logits: readonly number[];
    readonly losses: readonly number[];
    /** The gradient of the first inner loss in theta. */
    readonly gradient: readonly number[];
    /** Where the steps end, and the distance D. */
    readonly end: readonly number[];
    readonly distance: number;
    /** Gradients of D: in the images, summed over the steps; in the label logits; in the inner step size. */
    readonly dx: readonly number[];
    readonly dy: readonly number[];
    readonly dlr: number;
  };
};

/** Relative 2-norm errors, by quantity. */
export type MetaGradientErrors = Record<keyof MetaGradientVector["expect"], number>;

/**
 * The current backend's errors against everything that the vector expects. Throws, quoting what is wrong, where the
 * vector's layout is that of no network, and where a list has another length than it needs.
 */
export async function metaGradientErrors(vector: MetaGradientVector): Promise<MetaGradientErrors> {
  const spec = specOf(vector);
  requireCounts(vector, spec);
  const { input, expect, classes, steps } = vector;
  const x = Float32Array.from(input.x);
  const labels = softmaxRows(Float32Array.from(input.y), classes);
  const start = Float32Array.from(input.start);
  const first = await firstStep(spec, start, x, labels);
  const target = Float32Array.from(input.target);
  const match = await matchTrajectory({
    spec,
    start,
    target,
    inputsAt: () => x,
    labels,
    innerStep: input.lr,
    steps,
  });
  const dx = x.map((_, i) =>
    match.inputGradients.reduce((sum, gradient) => sum + (gradient[i] as number), 0),
  );
  return {
    logits: relativeError(first.logits, expect.logits),
    losses: relativeError(match.losses, expect.losses),
    gradient: relativeError(first.gradient, expect.gradient),
    end: relativeError(match.end, expect.end),
    distance: relativeError([match.distance], [expect.distance]),
    dx: relativeError(dx, expect.dx),
    dy: relativeError(softmaxRowsAdjoint(labels, match.labelGradient, classes), expect.dy),
    dlr: relativeError([match.innerStepGradient], [expect.dlr]),
  };
}

/** The network whose layout the vector has; width and depth are read off it. */
function specOf(vector: MetaGradientVector): NetworkSpec {
  const shape = shapeOf(vector);
  const { classes } = vector;
  const lastSide = (entry: { readonly shape: readonly number[] }) => entry.shape.at(-1) as number;
  const convolutions = vector.layout.filter((entry) => /^conv\d+\/kernel$/.test(entry.name));
  const hidden = vector.layout.filter((entry) => /^dense\d+\/kernel$/.test(entry.name)).slice(0, -1);
  const spec: NetworkSpec =
    convolutions[0] === undefined
      ? { kind: "mlp", input: shape, outputs: classes, loss: "cross-entropy", hidden: hidden.map(lastSide) }
      : {
          ...{ kind: "convnet", image: imageOf(shape), classes, depth: convolutions.length },
          width: lastSide(convolutions[0]),
        };
  const text = (entry: { readonly name: string; readonly shape: readonly number[] } | undefined) =>
    entry === undefined ? "nothing" : `${entry.name} [${entry.shape.join(", ")}]`;
  const expected = layoutOf(spec);
  for (let i = 0; i < Math.max(expected.length, vector.layout.length); i++) {
    const [ours, theirs] = [text(expected[i]), text(vector.layout[i])];
    if (ours !== theirs) throw new Error(`expected layout entry ${i} to be ${ours}, got ${theirs}`);
  }
  return spec;
}

function shapeOf(vector: VectorInput): InputShape {
  if ("features" in vector) return [vector.features];
  const [height, width] = typeof vector.image === "number" ? [vector.image, vector.image] : vector.image;
  return [height, width, vector.channels];
}

function imageOf([height, width, channels]: InputShape): ImageShape {
  if (height !== undefined && width !== undefined && channels !== undefined) return [height, width, channels];
  throw new Error("expected images for a layout with convolutions, got rows");
}

function requireCounts(vector: MetaGradientVector, spec: NetworkSpec): void {
  const { input, expect, images, classes } = vector;
  const parameters = layoutOf(spec).reduce((sum, entry) => sum + entry.size, 0);
  const pixels = images * inputSizeOf(spec);
  const counts: readonly (readonly [string, readonly number[], number])[] = [
    ["input.start", input.start, parameters],
    ["input.target", input.target, parameters],
    ["input.x", input.x, pixels],
    ["input.y", input.y, images * classes],
    ["expect.logits", expect.logits, images * classes],
    ["expect.losses", expect.losses, vector.steps],
    ["expect.gradient", expect.gradient, parameters],
    ["expect.end", expect.end, parameters],
    ["expect.dx", expect.dx, pixels],
    ["expect.dy", expect.dy, images * classes],
  ];
  for (const [name, values, count] of counts) {
    if (values.length !== count) throw new Error(`expected ${count} values in ${name}, got ${values.length}`);
  }
}

/** The logits and the gradient of the inner loss at the start. */
async function firstStep(spec: NetworkSpec, start: Float32Array, x: Float32Array, shares: Float32Array) {
  const count = shares.length / classesOf(spec);
  const theta = tf.tensor1d(start);
  const inputs = tf.tensor(x, [count, ...inputShapeOf(spec)]);
  const labels = tf.tensor2d(shares, [count, classesOf(spec)]);
  const owned: tf.Tensor[] = [theta, inputs, labels];
  try {
    const logits = logitsOf(spec, theta, inputs);
    owned.push(logits);
    const { loss, gradient } = await innerGradient(spec, theta, { inputs, labels });
    owned.push(loss, gradient);
    return { logits: await logits.data(), gradient: await gradient.data() };
  } finally {
    tf.dispose(owned);
  }
}
