import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import {
  dataset,
  prepareProblem,
  preprocessing,
  settings,
  spec,
  trained,
} from "../../testing/synthesis-problem.ts";
import { prepareBackend } from "../backend.ts";
import { openWasm } from "../node/open-wasm.ts";
import { evaluate } from "../training/evaluate.ts";
import { checkpointProblem, syntheticSetFromCheckpoint } from "./checkpoint.ts";
import { refine } from "./refine.ts";
import { synthesize } from "./synthesize.ts";

let options: Awaited<ReturnType<typeof prepareProblem>>;
let trajectory: readonly Float32Array[] = [];
beforeAll(async () => {
  await openWasm();
  prepareBackend();
  options = await prepareProblem();
  ({ trajectory } = options());
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
  expect(halfway.set.inputs).not.toEqual(whole.set.inputs);
  const iterations: number[] = [];
  const resumed = await synthesize(
    options({ checkpoint: saved, seed: 99, onIteration: ({ iteration }) => void iterations.push(iteration) }),
  );
  expect(iterations).toEqual([4, 5, 6, 7, 8]);
  expect(resumed).toEqual(whole);
  expect(whole.set.inputs.length).toBe(6 * 72);
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
  newer[4] = 5;
  expect(() => syntheticSetFromCheckpoint(newer)).toThrow("checkpoint version 4, got 5");
  expect(checkpointProblem(newer)).toBe("expected checkpoint version 4, got 5");
  expect(checkpointProblem(saved)).toBeNull();
  const other = { ...settings, imagesPerClass: 3 };
  const { set: warmStart } = syntheticSetFromCheckpoint(saved);
  await expect(synthesize(options({ warmStart, settings: other }))).rejects.toThrow(
    "expected a set to start from of 3 images of 6 x 6 x 2 for each of 3 classes, got 2 images",
  );
  const damaged = saved.slice();
  damaged[12] = 0;
  expect(() => syntheticSetFromCheckpoint(damaged)).toThrow(/^the checkpoint's header is damaged: /);
  await expect(synthesize(options({ checkpoint: saved, settings: other }))).rejects.toThrow(
    "expected a checkpoint of 3 images of 6 x 6 x 2 for each of 3 classes, got 2 images",
  );
});

test("[N13] the distance falls, and the set moves a lone start along the trajectory", async () => {
  const { set, distances } = await synthesize(
    options({
      settings: { ...settings, iterations: 60, augment: "none", imageRate: 0.2, innerStepRate: 1e-2 },
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
