/** SCAFFOLD as its paper writes it, in a few lines of its own, beside a whole simulated run. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { dirichletSplit, takeExamples } from "@tributary/datasets";
import {
  cohortSeed,
  createRng,
  evaluate,
  type ImageDataset,
  initialParameters,
  initSeed,
  prepareBackend,
  splitSeed,
  trainLocally,
} from "@tributary/model";
import { networkOf, type Plan, preprocessingOf, sampleOf } from "@tributary/protocol";
import { selectCohort } from "@tributary/rounds";
import { testPlan } from "@tributary/rounds/testing";
import { beforeAll, expect, test } from "vitest";
import { simulate } from "./simulate.ts";

const [rate, shards, asked, steps] = [0.2, 4, 3, 5];
const data = { train: dots(80, 1), test: dots(40, 2) };
const cohort = { minimum: asked, size: asked, quorum: asked, deadlineMs: 1000 };
const plan: Plan = {
  ...testPlan({ rounds: 6, cohort }),
  // A batch is a whole shard, so that the order of the examples plays no part.
  local: {
    epochs: steps,
    batchSize: 80,
    optimizer: { kind: "sgd", learningRate: rate },
    keepOptimizerState: false,
  },
  strategy: { kind: "scaffold", serverRate: 0.9, population: null },
  sample: { dataset: "dots", train: 80, test: 40, shards, alpha: 0.05 },
};

beforeAll(async () => {
  await tf.setBackend("cpu");
  prepareBackend();
});

test("[G14] a simulated run of SCAFFOLD is algorithm 1 of its paper with option II, and its accuracy is that model's", async () => {
  const { parameters, rounds } = await simulate(plan, data);
  const expected = await algorithmOne();
  expect(farthest(parameters, expected)).toBeLessThan(1e-5);
  const [spec, preprocessing] = [networkOf(plan), preprocessingOf(plan)];
  const expectedMeasured = await evaluate({ spec, parameters: expected, dataset: data.test, preprocessing });
  expect(rounds.at(-1)?.aggregate).toMatchObject({ accuracy: expectedMeasured.accuracy });
  const fedavg = await simulate({ ...plan, strategy: { kind: "fedavg" } }, data);
  expect(farthest(fedavg.parameters, expected)).toBeGreaterThan(1e-2);
});

/** Server and clients in float64, with the gradients of one step each from the network. */
async function algorithmOne(): Promise<Float32Array> {
  const parts = dirichletSplit({
    labels: data.train.labels,
    classes: 2,
    clients: shards,
    alpha: sampleOf(plan).alpha,
    seed: splitSeed(plan.seed),
  }).map((indices) => takeExamples(data.train, indices));
  let x = Float64Array.from(initialParameters(networkOf(plan), initSeed(plan.seed)));
  const c = new Float64Array(x.length);
  const own = parts.map(() => new Float64Array(x.length));
  for (let round = 1; round <= plan.rounds; round++) {
    const names = parts.map((_, index) => `shard-${index}`);
    const chosen = selectCohort(names, asked, createRng(cohortSeed(plan.seed, round)));
    const [moved, changed] = [new Float64Array(x.length), new Float64Array(x.length)];
    for (const name of chosen) {
      const index = names.indexOf(name);
      const [part, mine] = [parts[index], own[index]];
      if (part === undefined || mine === undefined) throw new Error(`no client ${name}`);
      const y = x.slice();
      for (let step = 0; step < steps; step++) {
        const gradient = await gradientOf(part, y);
        for (let at = 0; at < y.length; at++)
          y[at] = of(y, at) - rate * (of(gradient, at) + of(c, at) - of(mine, at));
      }
      for (let at = 0; at < y.length; at++) {
        const next = of(mine, at) - of(c, at) + (of(x, at) - of(y, at)) / (steps * rate);
        moved[at] = of(moved, at) + (of(y, at) - of(x, at)) / asked;
        changed[at] = of(changed, at) + (next - of(mine, at)) / asked;
        mine[at] = next;
      }
    }
    x = x.map((value, at) => value + 0.9 * of(moved, at));
    for (let at = 0; at < c.length; at++) c[at] = of(c, at) + (asked / shards) * of(changed, at);
  }
  return Float32Array.from(x);
}

/** Of the mean loss over all examples: the only mini-batch of one step. */
async function gradientOf(dataset: ImageDataset, y: Float64Array): Promise<Float64Array> {
  const { meanGradient } = await trainLocally({
    spec: networkOf(plan),
    start: Float32Array.from(y),
    dataset,
    preprocessing: preprocessingOf(plan),
    local: { ...plan.local, epochs: 1 },
    optimizerState: { kind: "sgd" },
    seed: 1,
    keepMeanGradient: true,
  });
  return Float64Array.from(meanGradient ?? []);
}

function of(values: Float64Array, at: number): number {
  return values[at] ?? Number.NaN;
}

function farthest(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.map((value, at) => Math.abs(value - (b[at] ?? Number.NaN))));
}

/** 4x4 images of two classes: noise, brighter in one half or in the other. */
function dots(count: number, seed: number): ImageDataset {
  const rng = createRng(seed);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
  const pixels = Uint8Array.from({ length: 16 * count }, (_, at) => {
    const bright = (at % 16 < 8 ? 0 : 1) === (labels[Math.floor(at / 16)] ?? 0);
    return rng.integer(128) + (bright ? 100 : 0);
  });
  return { kind: "images", image: [4, 4, 1], classes: 2, count, pixels, labels };
}
