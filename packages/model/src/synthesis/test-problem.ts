/** For tests: a network, images and a trajectory small enough to be synthesised from in a moment. */
import { type DynafedSettings, paperLevers } from "@tributary/protocol";
import { initialParameters } from "../network/initial-parameters.ts";
import { createRng } from "../rng.ts";
import type { Dataset } from "../training/dataset.ts";
import { initialOptimizerState } from "../training/optimizer.ts";
import { trainLocally } from "../training/train-locally.ts";
import type { SynthesisOptions } from "./synthesize.ts";

export const spec = {
  kind: "convnet" as const,
  image: [6, 6, 2] as [number, number, number],
  classes: 3,
  width: 4,
  depth: 2,
};
export const preprocessing = { mean: 0.5, std: 0.25 };
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
  augment: true,
};
export const dataset = stripes(60);

/** Trains the trajectory: gives the options of a synthesis, but for what a test changes. */
export async function prepareProblem(): Promise<(change?: Partial<SynthesisOptions>) => SynthesisOptions> {
  const trajectory = [initialParameters(spec, 1)];
  for (let round = 1; round < settings.snapshots; round++) {
    trajectory.push(await trained(trajectory.at(-1) as Float32Array, round));
  }
  return (change = {}) => ({ spec, trajectory, settings, seed: 4, ...change });
}

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

/** Each class is bright on its own third of the columns. */
function stripes(count: number): Dataset {
  const rng = createRng(6);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const pixels = Uint8Array.from({ length: count * 72 }, (_, i) => {
    const column = Math.floor(i / 2) % 6;
    return rng.integer(120) + (Math.floor(column / 2) === labels[Math.floor(i / 72)] ? 100 : 0);
  });
  return { image: [6, 6, 2], classes: 3, count, pixels, labels };
}
