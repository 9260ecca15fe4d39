import type { DatasetSummary, DynafedSettings, MlpSpec, Plan } from "@tributary/protocol";
import { demoPlan } from "@tributary/protocol";
import { describe, expect, it } from "vitest";
import { checkPlan } from "./check-plan.ts";

const datasets: readonly DatasetSummary[] = [
  { name: "fashion-mnist", image: [28, 28, 1], classes: 10, train: 6000, test: 1000 },
];
const network = demoPlan.network as Extract<Plan["network"], { kind: "convnet" }>;
const dynafed = demoPlan.dynafed as DynafedSettings;
const perceptron: MlpSpec = {
  kind: "mlp",
  input: [28, 28, 1],
  outputs: 10,
  loss: "cross-entropy",
  hidden: [16],
};

describe("checkPlan", () => {
  it("[H3] the demo plan fits the data that comes with the repository", () => {
    expect(checkPlan(demoPlan, datasets)).toEqual([]);
  });

  const wrong: readonly (readonly [what: string, plan: Plan, path: string, quoted: string])[] = [
    [
      "a quorum above the cohort's size",
      { ...demoPlan, cohort: { minimum: 9, size: 8, quorum: 9, deadlineMs: 1000 } },
      "/cohort/quorum",
      "got 9",
    ],
    [
      "a quorum above the minimum",
      { ...demoPlan, cohort: { minimum: 2, size: 8, quorum: 3, deadlineMs: 1000 } },
      "/cohort/quorum",
      "got 3",
    ],
    [
      "a minimum above the cohort's size",
      { ...demoPlan, cohort: { minimum: 9, size: 8, quorum: 1, deadlineMs: 1000 } },
      "/cohort/minimum",
      "got 9",
    ],
    ["too few class names", { ...demoPlan, classNames: ["one", "two"] }, "/classNames", "got 2 names"],
    [
      "a class name that no database can hold",
      { ...demoPlan, classNames: ["\0", ...demoPlan.classNames.slice(1)] },
      "/classNames/0",
      'got "\\u0000"',
    ],
    [
      "class names that fall together",
      { ...demoPlan, classNames: ["Dress ", ...demoPlan.classNames.slice(1)] },
      "/classNames/3",
      'got "Dress", which reads as "Dress " at /0',
    ],
    [
      "a network too deep for its images",
      { ...demoPlan, network: { ...network, depth: 6 } },
      "/network/depth",
      "got 6",
    ],
    [
      "too many parameters",
      {
        ...demoPlan,
        network: {
          kind: "mlp",
          input: [28, 28, 1],
          outputs: 10,
          loss: "cross-entropy",
          hidden: [4096, 4096, 4096],
        },
      },
      "/network",
      "25000000 parameters, got",
    ],
    [
      "an input that is neither a row nor an image",
      { ...demoPlan, network: { ...perceptron, input: [28, 28] } },
      "/network/input",
      "got [28, 28]",
    ],
    [
      "an input of too many values",
      { ...demoPlan, network: { ...perceptron, input: [1000, 1000, 2] } },
      "/network/input",
      "got 2000000",
    ],
    [
      "a squared error of several outputs",
      { ...demoPlan, network: { ...perceptron, loss: "squared-error" } },
      "/network/outputs",
      "must be 1 for a squared error, got 10",
    ],
    [
      "a cross-entropy of one output",
      { ...demoPlan, network: { ...perceptron, outputs: 1 } },
      "/network/outputs",
      "got 1",
    ],
    [
      "a preprocessing for other channels",
      { ...demoPlan, preprocessing: { mean: [0, 0, 0], std: [1] } },
      "/preprocessing/mean",
      "must have a value for each of 1 channels, got 3",
    ],
    [
      "DynaFed for a regression",
      { ...demoPlan, network: { ...perceptron, outputs: 1, loss: "squared-error" } },
      "/dynafed",
      "must be null for a regression",
    ],
    [
      "the Siamese augmentation for rows",
      { ...demoPlan, network: { ...perceptron, input: [784] } },
      "/dynafed/augment",
      'got "siamese"',
    ],
    [
      "a noise of no size",
      { ...demoPlan, dynafed: { ...dynafed, augment: "noise" } },
      "/dynafed/noiseStd",
      "must be above 0 for noise, got 0",
    ],
    [
      "a size of noise without noise",
      { ...demoPlan, dynafed: { ...dynafed, noiseStd: 0.1 } },
      "/dynafed/noiseStd",
      "got 0.1",
    ],
    [
      "another image shape than the data's",
      { ...demoPlan, network: { ...network, image: [32, 32, 3] } },
      "/network/image",
      "got 32x32x3",
    ],
    [
      "too few snapshots for the targets",
      { ...demoPlan, dynafed: { ...dynafed, snapshots: 5, ahead: 5 } },
      "/dynafed/snapshots",
      "got 5",
    ],
    [
      "a target that averages too much",
      { ...demoPlan, dynafed: { ...dynafed, leastAveraged: 4 } },
      "/dynafed/leastAveraged",
      "got 4",
    ],
    [
      "a refresh too soon for its targets",
      { ...demoPlan, dynafed: { ...dynafed, refreshEvery: 2 } },
      "/dynafed/refreshEvery",
      "got 2",
    ],
    [
      "a decay that its target does not know",
      { ...demoPlan, dynafed: { ...dynafed, targetDecay: 0.5 } },
      "/dynafed/targetDecay",
      "got 0.5",
    ],
    ["too few rounds for the trajectory", { ...demoPlan, rounds: 7 }, "/dynafed/snapshots", "at most 7"],
    [
      "too many synthetic images",
      {
        ...demoPlan,
        dynafed: { ...dynafed, imagesPerClass: 1000 },
        network: { ...network, classes: 1000 },
      },
      "/dynafed/imagesPerClass",
      "got 1000",
    ],
    [
      "a data set that the server lacks",
      { ...demoPlan, sample: { ...demoPlan.sample, dataset: "cifar" } },
      "/sample/dataset",
      'got "cifar"',
    ],
    [
      "more training images than there are",
      { ...demoPlan, sample: { ...demoPlan.sample, train: 6001 } },
      "/sample/train",
      "got 6001",
    ],
    [
      "more test images than there are",
      { ...demoPlan, sample: { ...demoPlan.sample, test: 1001 } },
      "/sample/test",
      "got 1001",
    ],
    [
      "more shards than images",
      { ...demoPlan, sample: { ...demoPlan.sample, train: 5, shards: 6 } },
      "/sample/shards",
      "got 6",
    ],
    [
      "limits that refuse the sample shards",
      { ...demoPlan, limits: { ...demoPlan.limits, maxExamples: 599 } },
      "/limits/maxExamples",
      "got 599",
    ],
    [
      "limits too wide for an exact aggregate",
      { ...demoPlan, limits: { maxExamples: 10_000_000, maxMagnitude: 1_000_000, maxNorm: 1 } },
      "/limits",
      "maxMagnitude 1000000",
    ],
  ];

  it.each(wrong)("[H3] %s is named with its value", (_, plan, path, quoted) => {
    expect(checkPlan(plan, datasets)).toContainEqual({ path, message: expect.stringContaining(quoted) });
  });
});
