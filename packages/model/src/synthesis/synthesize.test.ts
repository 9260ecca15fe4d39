import * as tf from "@tensorflow/tfjs-core";
import { type DynafedSettings, paperLevers } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { prepareBackend } from "../backend.ts";
import type { Dataset } from "../data/dataset.ts";
import { initialParameters } from "../network/initial-parameters.ts";
import { openWasm } from "../node/open-wasm.ts";
import { createRng } from "../rng.ts";
import { evaluate } from "../training/evaluate.ts";
import { initialOptimizerState } from "../training/optimizer.ts";
import { trainLocally } from "../training/train-locally.ts";
import { syntheticSetFromCheckpoint } from "./checkpoint.ts";
import { refine } from "./refine.ts";
import { type SynthesisOptions, synthesize } from "./synthesize.ts";

const spec = {
  kind: "convnet" as const,
  image: [6, 6, 2] as [number, number, number],
  classes: 3,
  width: 4,
  depth: 2,
};
const preprocessing = { mean: 0.5, std: 0.25 };
const settings: DynafedSettings = {
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
const dataset = stripes(60);
let trajectory: readonly Float32Array[] = [];

beforeAll(async () => {
  await openWasm();
  prepareBackend();
  const path = [initialParameters(spec, 1)];
  for (let round = 1; round < settings.snapshots; round++) {
    path.push(await trained(path.at(-1) as Float32Array, round));
  }
  trajectory = path;
});

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

async function trained(start: Float32Array, seed: number): Promise<Float32Array> {
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

const options = (change: Partial<SynthesisOptions> = {}): SynthesisOptions => ({
  spec,
  trajectory,
  settings,
  seed: 4,
  ...change,
});

test("[N12] a synthesis resumed from a checkpoint ends in the same bits as one undisturbed", async () => {
  let saved = new Uint8Array();
  const whole = await synthesize(
    options({
      onIteration: async ({ iteration, save }) => {
        if (iteration === 3) saved = Uint8Array.from(await save());
      },
    }),
  );
  const halfway = syntheticSetFromCheckpoint(saved);
  expect(halfway).toMatchObject({ iteration: 3, distances: whole.distances.slice(0, 3) });
  expect(halfway.set.images).not.toEqual(whole.set.images);
  const iterations: number[] = [];
  const resumed = await synthesize(
    options({ checkpoint: saved, seed: 99, onIteration: ({ iteration }) => void iterations.push(iteration) }),
  );
  expect(iterations).toEqual([4, 5, 6, 7, 8]);
  expect(resumed).toEqual(whole);
  expect(whole.set.images.length).toBe(6 * 72);
  expect(whole.set.labelLogits.length).toBe(6 * 3);
});

test.each(["exact", "tesla"] as const)(
  "[N20] a synthesis resumed from any step in the middle of an iteration ends in the same bits (%s)",
  async (recursion) => {
    const problem = { settings: { ...settings, iterations: 4, recursion } };
    const saved: Uint8Array[] = [];
    let iterations = 0;
    const whole = await synthesize(
      options({
        ...problem,
        onIteration: () => void iterations++,
        onStep: async (save) => {
          if (iterations === 2) saved.push(Uint8Array.from(await save()));
        },
      }),
    );
    expect(saved).toHaveLength(2 * settings.innerSteps);
    const before = tf.memory().numTensors;
    for (const checkpoint of saved) {
      expect(syntheticSetFromCheckpoint(checkpoint).iteration).toBe(2);
      let steps = 0;
      const resumed = await synthesize(options({ ...problem, checkpoint, onStep: () => void steps++ }));
      expect(resumed).toEqual(whole);
      expect(steps).toBe(4 * settings.innerSteps - saved.indexOf(checkpoint) - 1);
    }
    expect(tf.memory().numTensors).toBe(before);
    const [first] = saved.slice(-1);
    const fewer = { ...settings, innerSteps: 2 };
    await expect(synthesize(options({ checkpoint: first ?? null, settings: fewer }))).rejects.toThrow(
      "expected a checkpoint of 2 inner steps, got 3",
    );
  },
);

test("[N12] a checkpoint that is cut, foreign or of another set is refused", async () => {
  let saved = new Uint8Array();
  await synthesize(
    options({
      settings: { ...settings, iterations: 1 },
      onIteration: async ({ save }) => {
        saved = Uint8Array.from(await save());
      },
    }),
  );
  expect(() => syntheticSetFromCheckpoint(saved.subarray(0, -1))).toThrow(
    /expected a checkpoint of \d+ bytes/,
  );
  expect(() => syntheticSetFromCheckpoint(Uint8Array.of(1, 2, 3))).toThrow("got 3 other bytes");
  const newer = saved.slice();
  newer[4] = 4;
  expect(() => syntheticSetFromCheckpoint(newer)).toThrow("checkpoint version 3, got 4");
  const other = { ...settings, imagesPerClass: 3 };
  await expect(synthesize(options({ checkpoint: saved, settings: other }))).rejects.toThrow(
    "expected a checkpoint of 3 images of 6 x 6 x 2 for each of 3 classes, got 2 images",
  );
});

test("[N13] the distance falls, and the set moves a lone start along the trajectory", async () => {
  const { set, distances } = await synthesize(
    options({
      settings: { ...settings, iterations: 60, augment: false, imageRate: 0.2, innerStepRate: 1e-2 },
    }),
  );
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(distances.slice(-10))).toBeLessThan(mean(distances.slice(0, 10)) - 0.02);
  const start = trajectory[0] as Float32Array;
  const moved = await refine({
    spec,
    parameters: start,
    set,
    settings: { ...settings, refineSteps: 20, refineRate: 5e-3 },
    seed: 2,
  });
  const of = (parameters: Float32Array) => evaluate({ spec, parameters, dataset, preprocessing });
  expect((await of(moved)).loss).toBeLessThan((await of(start)).loss);
});

test("[N13] a trajectory that is too short or diverges stops the synthesis with its reason", async () => {
  const before = tf.memory().numTensors;
  await expect(synthesize(options({ trajectory: trajectory.slice(0, 3) }))).rejects.toThrow(
    "more than 3 snapshots, got 3",
  );
  const still = trajectory.map(() => trajectory[0] as Float32Array);
  await expect(synthesize(options({ trajectory: still }))).rejects.toThrow(/diverged in iteration 1: D is/);
  const stop = new AbortController();
  const reason = new Error("the lease is lost");
  const stopped = synthesize(options({ signal: stop.signal, onIteration: () => stop.abort(reason) }));
  await expect(stopped).rejects.toBe(reason);
  expect(tf.memory().numTensors).toBe(before);
});

test("[N14] twenty rounds of training, evaluation and refining hold no more tensors than two", async () => {
  const { set } = await synthesize(options({ settings: { ...settings, iterations: 2 } }));
  let parameters = trajectory[0] as Float32Array;
  const counts: number[] = [];
  for (let round = 1; round <= 20; round++) {
    const averaged = await trained(parameters, round);
    parameters = await refine({ spec, parameters: averaged, set, settings, seed: round });
    await evaluate({ spec, parameters, dataset, preprocessing });
    counts.push(tf.memory().numTensors);
  }
  expect(new Set(counts.slice(1))).toEqual(new Set([counts[1]]));
  expect(parameters.every(Number.isFinite)).toBe(true);
});

test("[N17] label logits start one-hot times labelStart, images in order of class", async () => {
  const { set } = await synthesize({
    spec,
    trajectory,
    settings: { ...settings, iterations: 1, labelStart: 5 },
    seed: 3,
  });
  // One Adam step of 0.01 away from the start.
  const start = [0, 0, 1, 1, 2, 2].flatMap((label) => [0, 1, 2].map((k) => (k === label ? 5 : 0)));
  const moved = start.map((value, i) => Math.abs((set.labelLogits[i] as number) - value));
  expect(Math.max(...moved)).toBeLessThan(0.011);
});

test("[L6] a synthesis with every lever resumes from a checkpoint to the same bits", async () => {
  const levers: DynafedSettings = {
    ...settings,
    target: "exponential",
    targetDecay: 0.5,
    curriculum: 0.5,
    skipAbove: 1.02,
    imageAverage: 0.9,
    patience: 3,
  };
  const { set: warmStart } = await synthesize(options({ settings: { ...settings, iterations: 1 } }));
  let saved = new Uint8Array();
  const whole = await synthesize(
    options({
      settings: levers,
      warmStart,
      onIteration: async ({ iteration, save }) => {
        if (iteration === 3) saved = Uint8Array.from(await save());
      },
    }),
  );
  const resumed = await synthesize(options({ settings: levers, checkpoint: saved, seed: 99 }));
  expect(resumed).toEqual(whole);
});

test("[L7] a moving average of one iteration is that iteration's set, of several it lies between them", async () => {
  const learned = async (imageAverage: number, iterations: number) =>
    (await synthesize(options({ settings: { ...settings, iterations, imageAverage } }))).set;
  const [first, second, average] = [await learned(0, 1), await learned(0, 2), await learned(0.75, 2)];
  expect((await learned(0.75, 1)).images[0]).toBeCloseTo(first.images[0] ?? 0, 5);
  // (0.25 * 0.75 x1 + 0.25 x2) / (1 - 0.75^2)
  const expected = (0.1875 * (first.images[3] ?? 0) + 0.25 * (second.images[3] ?? 0)) / 0.4375;
  expect(average.images[3]).toBeCloseTo(expected, 5);
});

test("[L8] iterations that are left out and labels that are fixed stay as they were", async () => {
  const { set: start } = await synthesize(options({ settings: { ...settings, iterations: 1 } }));
  const left = await synthesize(
    options({ settings: { ...settings, iterations: 2, skipAbove: 1e-9 }, warmStart: start }),
  );
  expect(left.distances).toHaveLength(2);
  expect(left.set).toEqual(start);
  const fixed = await synthesize(
    options({ settings: { ...settings, iterations: 2, labels: "fixed" }, warmStart: start }),
  );
  expect(fixed.set.labelLogits).toEqual(start.labelLogits);
  expect(fixed.set.images).not.toEqual(start.images);
});
