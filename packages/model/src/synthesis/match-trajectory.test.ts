import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { prepareBackend } from "../backend.ts";
import { initialParameters } from "../network/initial-parameters.ts";
import { openWasm } from "../node/open-wasm.ts";
import { relativeError } from "../parity/relative-error.ts";
import { createRng } from "../rng.ts";
import { innerLoss } from "./inner-loss.ts";
import { type MatchProblem, matchTrajectory } from "./match-trajectory.ts";
import { softmaxRows } from "./synthetic-set.ts";

beforeAll(async () => {
  await openWasm();
  prepareBackend();
});

const specs = {
  convnet: { kind: "convnet", image: [9, 10, 2] as [number, number, number], classes: 3, width: 4, depth: 2 },
  mlp: { kind: "mlp", image: [4, 5, 1] as [number, number, number], classes: 3, hidden: [6] },
} as const;

function problemOf(kind: keyof typeof specs): MatchProblem & { readonly images: Float32Array } {
  const spec = kind === "mlp" ? { ...specs.mlp, hidden: [...specs.mlp.hidden] } : specs.convnet;
  const rng = createRng(5);
  const normals = (count: number) => Float32Array.from({ length: count }, () => rng.normal());
  const start = initialParameters(spec, 2);
  const images = normals(5 * spec.image[0] * spec.image[1] * spec.image[2]);
  return {
    spec,
    start,
    target: start.map((value) => value + 0.02 * rng.normal()),
    images,
    imagesAt: () => images,
    labels: softmaxRows(normals(5 * 3), 3),
    innerStep: 0.5,
    steps: 5,
  };
}

/** The same gradients from one tape through all steps. */
function unrolled(problem: ReturnType<typeof problemOf>) {
  const { spec, images, labels, steps } = problem;
  const tensors = tf.tidy(() => {
    const [start, target] = [tf.tensor1d(problem.start), tf.tensor1d(problem.target)];
    const distance = (x: tf.Tensor, y: tf.Tensor, innerStep: tf.Tensor): tf.Scalar => {
      let theta = start;
      for (let step = 0; step < steps; step++) {
        const loss = (theta: tf.Tensor) =>
          innerLoss(spec, theta as tf.Tensor1D, x as tf.Tensor4D, y as tf.Tensor2D);
        theta = tf.sub(theta, tf.mul(tf.grad(loss)(theta), innerStep));
      }
      const squares = (a: tf.Tensor) => tf.sum(tf.square(tf.sub(a, target)));
      return tf.div(squares(theta), squares(start));
    };
    const x = tf.tensor4d(images, [5, ...spec.image]);
    return tf.valueAndGrads(distance)([x, tf.tensor2d(labels, [5, 3]), tf.scalar(problem.innerStep)]);
  });
  const values = [tensors.value, ...tensors.grads].map((tensor) => tensor.dataSync());
  tf.dispose([tensors.value, ...tensors.grads]);
  return values as [Float32Array, Float32Array, Float32Array, Float32Array];
}

test.each(["convnet", "mlp"] as const)(
  "[N6] the recursion gives the gradients of the full unroll (%s)",
  async (kind) => {
    const problem = problemOf(kind);
    const before = tf.memory().numTensors;
    const match = await matchTrajectory(problem);
    expect(tf.memory().numTensors).toBe(before);
    const [distance, dx, dy, dStep] = unrolled(problem);
    const images = dx.map((_, i) => match.imageGradients.reduce((sum, step) => sum + (step[i] as number), 0));
    expect(relativeError([match.distance], distance)).toBeLessThan(1e-6);
    expect(relativeError(images, dx)).toBeLessThan(1e-5);
    expect(relativeError(match.labelGradient, dy)).toBeLessThan(1e-5);
    expect(relativeError([match.innerStepGradient], dStep)).toBeLessThan(1e-5);
  },
);

test("[N7] cutting the batch into chunks changes nothing but rounding", async () => {
  const problem = problemOf("convnet");
  const whole = await matchTrajectory(problem);
  const before = tf.memory().numTensors;
  const cut = await matchTrajectory({ ...problem, chunkLength: 2 });
  expect(tf.memory().numTensors).toBe(before);
  expect(relativeError(cut.end, whole.end)).toBeLessThan(1e-6);
  expect(relativeError(cut.labelGradient, whole.labelGradient)).toBeLessThan(1e-5);
  expect(relativeError([cut.innerStepGradient], [whole.innerStepGradient])).toBeLessThan(1e-5);
  cut.imageGradients.forEach((gradient, step) => {
    expect(relativeError(gradient, whole.imageGradients[step] as Float32Array)).toBeLessThan(1e-5);
  });
});
