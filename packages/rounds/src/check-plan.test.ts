import {
  type DatasetSummary,
  type DynafedSettings,
  demoPlan,
  fashionMnistTask,
  type MlpSpec,
  type Plan,
  sampleOf,
} from "@tributary/protocol";
import { taskOfNetwork } from "@tributary/protocol/testing";
import { describe, expect, it } from "vitest";
import { checkPlan } from "./check-plan.ts";

const datasets: readonly DatasetSummary[] = [
  { name: "fashion-mnist", image: [28, 28, 1], classes: 10, train: 6000, test: 1000 },
];
const task = fashionMnistTask;
const sample = sampleOf(demoPlan);
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
    [
      "other classes than the data's",
      { ...demoPlan, task: { ...task, classes: ["one", "two"] } },
      "/task/classes",
      "got 2",
    ],
    [
      "a class name that no database can hold",
      { ...demoPlan, task: { ...task, classes: ["\0", ...task.classes.slice(1)] } },
      "/task/classes/0",
      'got "\\u0000"',
    ],
    [
      "class names that fall together",
      { ...demoPlan, task: { ...task, classes: ["Dress ", ...task.classes.slice(1)] } },
      "/task/classes/3",
      'got "Dress", which reads as "Dress " at /0',
    ],
    [
      "a network too deep for its images",
      { ...demoPlan, task: { ...task, network: { kind: "convnet", width: 16, depth: 6 } } },
      "/task/network/depth",
      "got 6",
    ],
    [
      "too many parameters",
      { ...demoPlan, task: { ...task, network: { kind: "mlp", hidden: [4096, 4096, 4096] } } },
      "/task/network",
      "25000000 parameters, got",
    ],
    [
      "a preprocessing for other channels",
      { ...demoPlan, task: { ...task, scale: { mean: [0, 0, 0], std: [1] } } },
      "/task/scale/mean",
      "must have 1 values, one per channel, got 3",
    ],
    [
      "DynaFed for a regression",
      { ...demoPlan, task: taskOfNetwork({ ...perceptron, input: [4], outputs: 1, loss: "squared-error" }) },
      "/dynafed",
      "must be null for a regression",
    ],
    [
      "the Siamese augmentation for rows",
      { ...demoPlan, task: taskOfNetwork({ ...perceptron, input: [784] }) },
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
      { ...demoPlan, task: { ...task, image: [32, 32, 3], scale: { mean: [0, 0, 0], std: [1, 1, 1] } } },
      "/task/image",
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
        task: { ...task, image: [224, 224, 1] },
      },
      "/dynafed/imagesPerClass",
      "got 1000",
    ],
    [
      "a data set that the server lacks",
      { ...demoPlan, sample: { ...sample, dataset: "cifar" } },
      "/sample/dataset",
      'got "cifar"',
    ],
    [
      "more training images than there are",
      { ...demoPlan, sample: { ...sample, train: 6001 } },
      "/sample/train",
      "got 6001",
    ],
    [
      "more test images than there are",
      { ...demoPlan, sample: { ...sample, test: 1001 } },
      "/sample/test",
      "got 1001",
    ],
    [
      "more shards than images",
      { ...demoPlan, sample: { ...sample, train: 5, shards: 6 } },
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

  it("[H3] scales that a task leaves open are for volunteers to fill, except where the server has rows of its own", () => {
    const rows = taskOfNetwork({ ...perceptron, input: [2], outputs: 1, loss: "squared-error" });
    if (rows.kind !== "table-regression") throw new Error("expected a regression");
    const open = { scale: null, range: [0, 1] as [number, number] };
    const columns = rows.columns.map((column, at) =>
      at === 1 && column.type === "number" ? { ...column, ...open } : column,
    );
    const plan = { ...demoPlan, dynafed: null, sample: null };
    expect(checkPlan({ ...plan, task: rows }, datasets)).toEqual([]);
    const target = { ...rows.target, ...open };
    const task = { ...rows, columns, target };
    expect(checkPlan({ ...plan, task }, datasets)).toEqual([]);
    const problems = checkPlan({ ...plan, task, sample }, datasets).filter(({ path }) =>
      path.endsWith("/scale"),
    );
    expect(problems.map(({ path }) => path)).toEqual(["/task/columns/1/scale", "/task/target/scale"]);
    expect(problems[0]?.message).toContain("rows of fashion-mnist, got null: take them from a sample file");
  });

  it.each(wrong)("[H3] %s is named with its value", (_, plan, path, quoted) => {
    expect(checkPlan(plan, datasets)).toContainEqual({ path, message: expect.stringContaining(quoted) });
  });
});
