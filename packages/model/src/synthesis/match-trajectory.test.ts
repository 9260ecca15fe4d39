import * as tf from "@tensorflow/tfjs-core";
import { inputShapeOf, inputSizeOf, type NetworkSpec } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { prepareBackend } from "../backend.ts";
import { initialParameters } from "../network/initial-parameters.ts";
import { gradientTangent, logits, lossGradient } from "../network/passes.ts";
import { openWasm } from "../node/open-wasm.ts";
import { relativeError } from "../parity/relative-error.ts";
import { createRng } from "../rng.ts";
import { type MatchProblem, matchTrajectory } from "./match-trajectory.ts";
import { softmaxRows } from "./synthetic-set.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

const specs = {
  convnet: { kind: "convnet", image: [9, 10, 2], classes: 3, width: 4, depth: 2 },
  mlp: { kind: "mlp", input: [4, 5, 1], outputs: 3, loss: "cross-entropy", hidden: [6] },
  linear: { kind: "mlp", input: [4, 5, 1], outputs: 3, loss: "cross-entropy", hidden: [] },
} satisfies Readonly<Record<string, NetworkSpec>>;

function problemOf(kind: keyof typeof specs): MatchProblem & { readonly images: Float32Array } {
  const spec: NetworkSpec = specs[kind];
  const rng = createRng(5);
  const normals = (count: number) => Float32Array.from({ length: count }, () => rng.normal());
  const start = initialParameters(spec, 2);
  const images = normals(5 * inputSizeOf(spec));
  return {
    spec,
    start,
    target: start.map((value) => value + 0.02 * rng.normal()),
    images,
    inputsAt: () => images,
    labels: softmaxRows(normals(5 * 3), 3),
    innerStep: 0.5,
    steps: 5,
  };
}

function moved(values: Float32Array, along: Float32Array, step: number): Float32Array {
  return values.map((value, i) => value + step * (along[i] as number));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

test("[N6] the recursion gives the slopes of D where nothing has a kink: images, labels and inner step", async () => {
  const problem = problemOf("linear");
  const before = tf.memory().numTensors;
  const match = await matchTrajectory(problem);
  expect(tf.memory().numTensors).toBe(before);
  const rng = createRng(6);
  const direction = problem.images.map(() => rng.normal());
  const labelDirection = problem.labels.map(() => 0.1 * rng.normal());
  const slope = async (change: (step: number) => Partial<MatchProblem>, step: number) => {
    const at = async (by: number) => (await matchTrajectory({ ...problem, ...change(by) })).distance;
    return ((await at(step)) - (await at(-step))) / (2 * step);
  };
  const images = await slope((by) => ({ inputsAt: () => moved(problem.images, direction, by) }), 0.01);
  const gradient = match.inputGradients.reduce((sum, part) => sum + dot(part, direction), 0);
  expect(relativeError([gradient], [images])).toBeLessThan(5e-3);
  const labels = await slope((by) => ({ labels: moved(problem.labels, labelDirection, by) }), 0.05);
  expect(relativeError([dot(match.labelGradient, labelDirection)], [labels])).toBeLessThan(5e-3);
  const innerStep = await slope((by) => ({ innerStep: problem.innerStep + by }), 0.02);
  expect(relativeError([match.innerStepGradient], [innerStep])).toBeLessThan(5e-3);
});

test.each(["convnet", "mlp"] as const)(
  "[N6] the gradient's derivative is symmetric, and its slope the gradient's (%s)",
  async (kind) => {
    const { spec, start, images, labels } = problemOf(kind);
    const before = tf.memory().numTensors;
    const rng = createRng(7);
    const theta = tf.tensor1d(start);
    const [a, b] = [1, 2].map(() => tf.tensor1d(start.map(() => rng.normal()))) as [tf.Tensor1D, tf.Tensor1D];
    const x = tf.tensor(images, [5, ...inputShapeOf(spec)]);
    const y = tf.tensor2d(labels, [5, 3]);
    const gradient = lossGradient(spec, theta, x, y);
    const z = logits(spec, theta, x);
    const [alongA, alongB] = [gradientTangent(spec, theta, a, x, y), gradientTangent(spec, theta, b, x, y)];
    expect(alongA.inputs.shape).toEqual(x.shape);
    expect(alongA.labels.shape).toEqual(y.shape);
    const values = (tensor: tf.Tensor) => tensor.dataSync<"float32">();
    expect(relativeError(values(z), values(gradient.logits))).toBeLessThan(1e-6);
    const [first, second] = [dot(values(alongA.theta), values(b)), dot(values(alongB.theta), values(a))];
    expect(relativeError([first], [second])).toBeLessThan(1e-4);
    expect(relativeError(values(alongA.slope), [dot(values(gradient.gradient), values(a))])).toBeLessThan(
      1e-5,
    );
    // Labels enter linearly: L = sum_k y_k dL/dy_k, and so does its derivative along any direction.
    expect(relativeError([dot(values(alongA.labels), labels)], values(alongA.slope))).toBeLessThan(1e-4);
    tf.dispose([theta, a, b, x, y, z, { ...gradient }, { ...alongA }, { ...alongB }]);
    expect(tf.memory().numTensors).toBe(before);
  },
);

test("[N19] TESLA's recursion is the exact one for the last step, and another for those before", async () => {
  const problem = problemOf("convnet");
  const [exact, tesla] = [
    await matchTrajectory(problem),
    await matchTrajectory({ ...problem, recursion: "tesla" }),
  ];
  expect(tesla.distance).toBe(exact.distance);
  expect(tesla.inputGradients[4]).toEqual(exact.inputGradients[4]);
  const first = relativeError(
    tesla.inputGradients[0] as Float32Array,
    exact.inputGradients[0] as Float32Array,
  );
  expect(first).toBeGreaterThan(1e-3);
});

test("[N11] an abort in the middle of a match rejects with its reason and leaves no tensor", async () => {
  const problem = problemOf("convnet");
  const before = tf.memory().numTensors;
  const reason = new Error("the lease is lost");
  // Looked at before each of 2 chunks of 5 steps forward, then 5 back.
  for (const looks of [0, 3, 9, 12, 19]) {
    let left = looks;
    const signal = {
      get aborted() {
        left -= 1;
        return left < 0;
      },
      reason,
    };
    await expect(matchTrajectory({ ...problem, chunkLength: 3, signal })).rejects.toBe(reason);
    expect(left).toBe(-1);
    expect(tf.memory().numTensors).toBe(before);
  }
});

test("[N7] cutting the batch into chunks changes nothing but rounding", async () => {
  const problem = problemOf("convnet");
  const whole = await matchTrajectory(problem);
  const before = tf.memory().numTensors;
  const cut = await matchTrajectory({ ...problem, chunkLength: 2 });
  expect(tf.memory().numTensors).toBe(before);
  expect(relativeError(cut.end, whole.end)).toBeLessThan(1e-6);
  expect(relativeError(cut.labelGradient, whole.labelGradient)).toBeLessThan(1e-5);
  expect(relativeError([cut.innerStepGradient], [whole.innerStepGradient])).toBeLessThan(1e-5);
  cut.inputGradients.forEach((gradient, step) => {
    expect(relativeError(gradient, whole.inputGradients[step] as Float32Array)).toBeLessThan(1e-5);
  });
});
