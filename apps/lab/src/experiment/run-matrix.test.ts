import { fashionMnistTask } from "@tributary/protocol";
import { expect, test } from "vitest";
import type { LabTask } from "../data/lab-data.ts";
import { splitWords } from "../data/split.ts";
import { type Scale, scales } from "../plans/scales.ts";
import type { Preset } from "./preset.ts";
import { presets } from "./presets/presets.ts";
import { type Choice, runMatrix } from "./run-matrix.ts";

const fashion: LabTask = {
  ...{ task: fashionMnistTask, isOwnTask: false, groups: null },
  ...{ train: { count: 60_000 }, test: { count: 10_000 } },
};
const scaleOf = (name: string) => scales.find((scale) => scale.name === name) as Scale;
const presetOf = (name: string) => presets.find((preset) => preset.name === name) as Preset;
const choice = (preset: string, scale: string): Choice => ({
  preset: presetOf(preset),
  scale: scaleOf(scale),
  seeds: [1, 2],
  splits: presetOf(preset).alphas.map((alpha) => ({ kind: "dirichlet", alpha })),
  only: null,
});

test("[Q8] the paper scale is the published protocol, in every setting", () => {
  const runs = runMatrix(choice("fmnist-table", "paper"), fashion);
  const plan = runs.find(
    ({ method, split }) => method === "DynaFed" && splitWords(split) === "alpha 0.01",
  )?.plan;
  expect(plan).toMatchObject({
    task: {
      image: [28, 28, 1],
      network: { kind: "convnet", width: 128, depth: 3 },
      scale: { mean: [0.1307], std: [0.3081] },
    },
    rounds: 200,
    cohort: { size: 32 },
    local: {
      ...{ epochs: 1, batchSize: 32, keepOptimizerState: true },
      optimizer: { kind: "adam", learningRate: 1e-3 },
    },
    strategy: { kind: "fedavg" },
    dynafed: {
      ...{ snapshots: 25, imagesPerClass: 15, innerSteps: 20, innerStep: 0.04, iterations: 3000 },
      ...{ imageRate: 5e-2, labelRate: 1e-2, innerStepRate: 1e-5, labelStart: 0 },
      ...{ ahead: 3, leastAveraged: 2, refineSteps: 20, refineRate: 1e-4, augment: "siamese" },
    },
    sample: { train: 60_000, test: 10_000, shards: 80, alpha: 0.01 },
  });
});

test("[Q8] the desk scale is a run for two cores", () => {
  const runs = runMatrix(choice("control", "desk"), fashion);
  expect(runs.find(({ method }) => method === "DynaFed")?.plan).toMatchObject({
    task: { network: { width: 16 } },
    rounds: 40,
    cohort: { size: 8 },
    dynafed: {
      snapshots: 16,
      imagesPerClass: 5,
      innerSteps: 10,
      innerStep: 0.4,
      iterations: 200,
      refineRate: 1e-3,
    },
    sample: { train: 6000, test: 1000, shards: 20 },
  });
});

test("[Q9] every preset gives a run for each method, alpha and seed, with folders of their own, at every scale", () => {
  let runsSeen = 0;
  for (const { name } of presets) {
    for (const scale of scales) {
      const asked = choice(name, scale.name);
      const runs = runMatrix(asked, fashion);
      const methods = asked.preset.methods(scale);
      expect(runs).toHaveLength(methods.length * asked.splits.length * 2);
      expect(new Set(runs.map((run) => run.name)).size).toBe(runs.length);
      expect(runs.every((run) => /^[a-z0-9._-]+$/.test(run.name))).toBe(true);
      expect(methods.every((method) => !method.name.includes(","))).toBe(true);
      runsSeen += runs.length;
    }
  }
  expect(runsSeen).toBeGreaterThan(100);
});

test("[Q9] methods may be named in any case, and an unknown one is refused with the known ones", () => {
  const some = runMatrix({ ...choice("control", "desk"), only: ["dynafed"] }, fashion);
  expect(new Set(some.map(({ method }) => method))).toEqual(new Set(["DynaFed"]));
  expect(() => runMatrix({ ...choice("control", "desk"), only: ["FedSGD"] }, fashion)).toThrow(
    /control has no method "FedSGD"; it has "FedAvg", "DynaFed"/,
  );
});

test("[Q9] a plan that does not fit the data is refused with the run and the value", () => {
  const few = { ...fashion, train: { ...fashion.train, count: 12 } };
  expect(() => runMatrix(choice("control", "desk"), few)).toThrow(
    /^fedavg_alpha-0.01_seed-1: \/sample\/shards must be at most 12, the training examples, got 20$/,
  );
});
