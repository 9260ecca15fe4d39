/** A network, images and a trajectory so small that a synthesis takes a moment. */
import { type DynafedSettings, paperLevers } from "@tributary/protocol";
import { initialParameters } from "../src/network/initial-parameters.ts";
import { createRng } from "../src/rng.ts";
import type { SynthesisOptions } from "../src/synthesis/synthesize.ts";
import type { ImageDataset } from "../src/training/dataset.ts";
import { initialOptimizerState } from "../src/training/optimizer.ts";
import { trainLocally } from "../src/training/train-locally.ts";

/** A ConvNet for images of 6 x 6 x 2 and 3 classes. */
export const spec = {
  kind: "convnet" as const,
  image: [6, 6, 2] as [number, number, number],
  classes: 3,
  width: 4,
  depth: 2,
};
/** The preprocessing of `dataset`. */
export const preprocessing = { mean: [0.5, 0.5], std: [0.25, 0.25] };
/** DynaFed settings for it, with the levers as in the paper. */
export const settings: DynafedSettings = {
  ...paperLevers,
  snapshots: 6,
  imagesPerClass: 2,
  innerSteps: 3,
  innerStep: 0.5,
  iterations: 8,
  imageRate: 0.05,
  labelRate: 0.01,
  innerStepRate: 1e-5,
  ahead: 3,
  leastAveraged: 2,
  refineSteps: 5,
  refineRate: 1e-3,
  augment: "siamese",
};
/** 60 images: each class is bright on its own third of the columns. */
export const dataset = stripes(60);

/** Trains the trajectory. The result makes the options of a synthesis from what a test changes. */
export async function prepareProblem(): Promise<(change?: Partial<SynthesisOptions>) => SynthesisOptions> {
  const trajectory = [initialParameters(spec, 1)];
  for (let round = 1; round < settings.snapshots; round++) {
    trajectory.push(await trained(trajectory.at(-1) as Float32Array, round));
  }
  return (change = {}) => ({ spec, trajectory, settings, seed: 4, ...change });
}

/** The parameters after one epoch of SGD on `dataset`. */
export async function trained(start: Float32Array, seed: number): Promise<Float32Array> {
  const optimizer = { kind: "sgd", learningRate: 0.05 } as const;
  const local = { epochs: 1, batchSize: 20, optimizer, keepOptimizerState: false };
  const optimizerState = initialOptimizerState(optimizer, start.length);
  const { parameters } = await trainLocally({
    spec,
    start,
    dataset,
    preprocessing,
    local,
    optimizerState,
    seed,
  });
  return parameters;
}

function stripes(count: number): ImageDataset {
  const rng = createRng(6);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const pixels = Uint8Array.from({ length: count * 72 }, (_, i) => {
    const column = Math.floor(i / 2) % 6;
    return rng.integer(120) + (Math.floor(column / 2) === labels[Math.floor(i / 72)] ? 100 : 0);
  });
  return { kind: "images", image: [6, 6, 2], classes: 3, count, pixels, labels };
}
