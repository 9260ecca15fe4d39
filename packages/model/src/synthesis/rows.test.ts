import * as tf from "@tensorflow/tfjs-core";
import { type DynafedSettings, type MlpSpec, paperLevers } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { prepareBackend } from "../backend.ts";
import { initialParameters } from "../network/initial-parameters.ts";
import { openWasm } from "../node/open-wasm.ts";
import { createRng } from "../rng.ts";
import type { RowDataset } from "../training/dataset.ts";
import { evaluate } from "../training/evaluate.ts";
import { initialOptimizerState } from "../training/optimizer.ts";
import { trainLocally } from "../training/train-locally.ts";
import { type SynthesisCheckpoint, syntheticSetFromCheckpoint } from "./checkpoint.ts";
import { refine } from "./refine.ts";
import { synthesize } from "./synthesize.ts";

const spec: MlpSpec = { kind: "mlp", input: [5], outputs: 3, loss: "cross-entropy", hidden: [8] };
const settings: DynafedSettings = {
  ...paperLevers,
  ...{ snapshots: 7, imagesPerClass: 3, innerSteps: 4, innerStep: 1, iterations: 60, labelStart: 2 },
  ...{ imageRate: 0.1, labelRate: 0.05, innerStepRate: 1e-3, ahead: 3, leastAveraged: 2 },
  ...{ refineSteps: 30, refineRate: 0.01, augment: "noise", noiseStd: 0.05 },
};
let trajectory: readonly Float32Array[];

/** The class says which of the first three features is raised. */
function clusters(count: number, seed: number): RowDataset {
  const rng = createRng(seed);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 3);
  const rows = Float32Array.from({ length: 5 * count }, (_, i) => {
    const isRaised = i % 5 === labels[Math.floor(i / 5)];
    return rng.normal() + (isRaised ? 2 : 0);
  });
  return { kind: "rows", features: 5, classes: 3, count, rows, labels };
}

beforeAll(async () => {
  await openWasm();
  prepareBackend();
  const optimizer = { kind: "sgd", learningRate: 0.2 } as const;
  const local = { epochs: 1, batchSize: 10, optimizer, keepOptimizerState: false };
  const models = [initialParameters(spec, 1)];
  for (let round = 1; round < settings.snapshots; round++) {
    const start = models.at(-1) as Float32Array;
    const optimizerState = initialOptimizerState(optimizer, start.length);
    const common = { spec, start, dataset: clusters(90, 1), preprocessing: null, local, optimizerState };
    models.push((await trainLocally({ ...common, seed: round })).parameters);
  }
  trajectory = models;
});

test("[N36] a synthesis of rows with noise comes nearer to its targets, and its refine makes a model better", async () => {
  const before = tf.memory().numTensors;
  const { set, distances } = await synthesize({ spec, trajectory, settings, seed: 3 });
  expect(set).toMatchObject({ imagesPerClass: 3, input: [5], classes: 3 });
  expect(set.inputs).toHaveLength(9 * 5);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(distances.slice(-15))).toBeLessThan(0.8 * mean(distances.slice(0, 5)));
  const parameters = trajectory[1] as Float32Array;
  const refined = await refine({ spec, parameters, set, settings, seed: 4 });
  const measure = (parameters: Float32Array) =>
    evaluate({ spec, parameters, dataset: clusters(300, 2), preprocessing: null });
  const [plain, better] = [await measure(parameters), await measure(refined)];
  expect(better.loss).toBeLessThan(plain.loss);
  expect(better.accuracy).toBeGreaterThan(plain.accuracy);
  expect(tf.memory().numTensors).toBe(before);
});

test("[N36] a synthesis of rows resumes from any checkpoint to the same bits, and starts from an earlier set", async () => {
  const short = { ...settings, iterations: 4, imageAverage: 0.5 };
  const checkpoints: SynthesisCheckpoint[] = [];
  const keep = async (save: () => Promise<SynthesisCheckpoint>) => {
    checkpoints.push((await save()).slice());
  };
  const options = { spec, trajectory, settings: short, seed: 5 };
  const whole = await synthesize({ ...options, onStep: keep, onIteration: ({ save }) => keep(save) });
  expect(checkpoints).toHaveLength(4 * (2 * 4 + 1));
  for (const checkpoint of checkpoints.filter((_, at) => at % 3 === 1)) {
    expect(await synthesize({ ...options, checkpoint })).toEqual(whole);
  }
  expect(syntheticSetFromCheckpoint(checkpoints.at(-1) as SynthesisCheckpoint).set).toEqual(whole.set);
  const again = await synthesize({ ...options, settings: { ...short, iterations: 1 }, warmStart: whole.set });
  const change = Math.max(
    ...again.set.inputs.map((value, i) => Math.abs(value - (whole.set.inputs[i] ?? 0))),
  );
  expect(change).toBeLessThan(0.2);
  const wide: MlpSpec = { ...spec, input: [6] };
  const models = trajectory.map(() => initialParameters(wide, 1));
  await expect(
    synthesize({ ...options, spec: wide, trajectory: models, checkpoint: checkpoints[0] ?? null }),
  ).rejects.toThrow("3 rows of 6 features for each of 3 classes, got 3 rows of 5 features");
});

test("[N36] rows have no Siamese augmentation, and a network that predicts a number has no synthesis", async () => {
  const siamese = synthesize({ spec, trajectory, settings: { ...settings, augment: "siamese" }, seed: 1 });
  await expect(siamese).rejects.toThrow(
    "expected images for the Siamese augmentation, got inputs of shape 9 x 5",
  );
  const number: MlpSpec = { ...spec, outputs: 1, loss: "squared-error" };
  const models = trajectory.map(() => initialParameters(number, 1));
  await expect(synthesize({ spec: number, trajectory: models, settings, seed: 1 })).rejects.toThrow(
    "expected a network with classes, got one with a squared error",
  );
});
