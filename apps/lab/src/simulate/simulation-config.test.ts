import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { places } from "@tributary/platform";
import { describeProblem, fashionMnistTask, modernPlan, smallPlan } from "@tributary/protocol";
import { expect, test } from "vitest";
import type { LabTask } from "../data/lab-data.ts";
import { imageTask } from "../plans/image-task.ts";
import {
  type Parsed,
  parseSimulationConfig,
  planOfConfig,
  type SimulationConfig,
} from "./simulation-config.ts";

const fashion: LabTask = {
  ...{ task: fashionMnistTask, isOwnTask: false, groups: null },
  ...{ train: { count: 60_000 }, test: { count: 10_000 } },
};

const parse = (config: unknown) => parseSimulationConfig(JSON.stringify(config));
const planOf = (config: unknown, data = fashion) =>
  planOfConfig(configOf(parse(config)), data, "fashion-mnist");

function configOf(parsed: Parsed<SimulationConfig>): SimulationConfig {
  if (!parsed.ok) throw new Error(wordsOf(parsed));
  return parsed.value;
}

function wordsOf(parsed: Parsed<unknown>): string {
  return parsed.ok ? "" : parsed.problems.map((problem) => describeProblem(problem)).join("\n");
}

test("[M8] what a configuration leaves out is as in the paper", () => {
  expect(parse({})).toEqual({
    ok: true,
    value: {
      ...{ base: "paper", plan: {}, folder: null, sha256: null, backend: "auto", split: null },
      volunteersTrain: "always",
    },
  });
  expect(planOf({})).toMatchObject({
    ok: true,
    value: {
      seed: 4,
      task: { network: { kind: "convnet", width: 128, depth: 3 }, scale: { mean: [0.1307], std: [0.3081] } },
      rounds: 200,
      cohort: { size: 32 },
      local: {
        epochs: 1,
        batchSize: 32,
        optimizer: { kind: "adam", learningRate: 1e-3 },
        keepOptimizerState: true,
      },
      strategy: { kind: "fedavg" },
      dynafed: {
        snapshots: 25,
        imagesPerClass: 15,
        innerSteps: 20,
        innerStep: 0.04,
        iterations: 3000,
        imageRate: 5e-2,
        labelRate: 1e-2,
        innerStepRate: 1e-5,
        labelStart: 0,
        ahead: 3,
        leastAveraged: 2,
        refineSteps: 20,
        refineRate: 1e-4,
        augment: "siamese",
      },
      sample: { train: 60_000, test: 10_000, shards: 80, alpha: 0.01 },
    },
  });
});

test("[M8] the small base is the plan of a new live run, the desk base the experiments' scale, both fitted to their data", () => {
  expect(planOf({ base: "small" })).toEqual({ ok: true, value: smallPlan });
  expect(planOf({ base: "desk" })).toMatchObject({
    value: { rounds: 40, task: { network: { width: 16 } }, cohort: { size: 8 }, dynafed: { snapshots: 16 } },
  });
  const few: LabTask = {
    ...{ isOwnTask: false, groups: null, train: { count: 500 }, test: { count: 100 } },
    task: imageTask(
      {
        train: { image: [8, 8, 3] },
        classNames: ["cat", "dog"],
        preprocessing: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      },
      fashionMnistTask.network,
    ),
  };
  for (const base of ["small", "desk"]) {
    expect(planOf({ base }, few)).toMatchObject({
      ok: true,
      value: {
        task: {
          image: [8, 8, 3],
          network: { width: 16 },
          classes: ["cat", "dog"],
          scale: { mean: [0.5, 0.5, 0.5] },
        },
        sample: { train: 500, test: 100 },
      },
    });
  }
});

test("[M8] the examples of docs/simulation.md are configurations", async () => {
  const text = await readFile(join(places.repository, "docs/simulation.md"), "utf8");
  const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = ""]) => json);
  expect(examples.length).toBeGreaterThan(4);
  for (const example of examples) {
    const config = configOf(parseSimulationConfig(example));
    expect(wordsOf(planOfConfig(config, fashion, "fashion-mnist"))).toBe("");
  }
});

test.each([
  [{ seeds: 3 }, "/seeds is not known here"],
  [{ lrImages: 0.1 }, "/lrImages is not known here"],
  [{ data: { train: 5 } }, "/data/train is not known here"],
  [{ base: "house" }, '/base must be one of "small", "desk", "paper", got "house"'],
  [{ plan: 3 }, "/plan must be an object, got 3"],
  [{ backend: "cuda" }, '"cuda"'],
  [[1], "got [1]"],
  [{ format: "another", plan: smallPlan }, '/format must be one of "tributary-run-export"'],
  [
    { format: "tributary-run-export", plan: { ...smallPlan, rounds: 0 } },
    "/plan/rounds must be at least 1, got 0",
  ],
  [{ format: "tributary-run-export" }, "/plan is missing"],
])("[M9] a wrong configuration is refused with its value: %j", (config, problem) => {
  expect(wordsOf(parse(config))).toContain(problem);
});

test("[M9] a text that is not JSON is refused", () => {
  expect(wordsOf(parseSimulationConfig("{seed: 1}"))).toContain("must be JSON");
});

test.each([
  [{ seeds: 3 }, "/plan/seeds is not known here"],
  [{ sample: { alpha: "small" } }, '/plan/sample/alpha must be a number, got "small"'],
  [{ sample: { alpha: 0 } }, "/plan/sample/alpha must be above 0, got 0"],
  [{ sample: { shards: 2.5 } }, "/plan/sample/shards must be a whole number, got 2.5"],
  [{ seed: -1 }, "/plan/seed must be at least 0, got -1"],
  [{ strategy: { kind: "fedfoo" } }, '"fedfoo"'],
  [{ strategy: { mu: 0.5 } }, "/plan/strategy/mu is not known here"],
  [{ strategy: { kind: "fedprox", mu: -1 } }, "/plan/strategy/mu must be at least 0, got -1"],
  [{ local: { optimizer: { kind: "momentum" } } }, "/plan/local/optimizer/momentum is missing"],
  [{ sample: { train: 60_001 } }, "/plan/sample/train must be at most 60000"],
  [{ sample: { test: 10_001 } }, "/plan/sample/test must be at most 10000"],
  [{ rounds: 24 }, "/plan/dynafed/snapshots must be at most"],
  [{ sample: { train: 70 } }, "/plan/sample/shards must be at most 70"],
  [{ task: { network: { width: 1000 } } }, "got 1000"],
  [{ task: { classes: ["one", "two"] } }, "/plan/task/classes"],
  [{ cohort: { minimum: 5, size: 5 }, sample: { shards: 4 } }, "/plan/cohort/minimum must be at most 4"],
])("[M9] a plan that does not fit its data or itself is refused: %j", (plan, problem) => {
  expect(wordsOf(planOf({ plan }))).toContain(problem);
});

test("[M13] any strategy may be named, with settings of its own, and DynaFed is a part like any other", () => {
  expect(planOf({ plan: { strategy: { kind: "fedprox", mu: 0.5 }, dynafed: null } })).toMatchObject({
    value: { strategy: { kind: "fedprox", mu: 0.5 }, dynafed: null },
  });
  expect(planOf({ plan: { strategy: { kind: "scaffold" } } })).toMatchObject({
    value: { strategy: { kind: "scaffold", serverRate: 1, population: null }, dynafed: { snapshots: 25 } },
  });
  expect(planOf({ base: "small", plan: { dynafed: { iterations: 7 } } })).toEqual({
    ok: true,
    value: { ...smallPlan, dynafed: { ...smallPlan.dynafed, iterations: 7 } },
  });
});

test("[M13] another kind of network or optimiser keeps what both kinds have", () => {
  const local = { optimizer: { kind: "momentum", momentum: 0.9 } };
  expect(planOf({ plan: { task: { network: { kind: "mlp", hidden: [64] } }, local } })).toMatchObject({
    ok: true,
    value: {
      task: { image: [28, 28, 1], network: { kind: "mlp", hidden: [64] } },
      local: { optimizer: { kind: "momentum", learningRate: 1e-3, momentum: 0.9 }, epochs: 1 },
    },
  });
});

test("[M14] the manifest of an earlier version is a configuration of the same plan", () => {
  const network = { kind: "mlp", hidden: [8] } as const;
  const { task, ...shared } = { ...smallPlan, rounds: 12 };
  const classNames = [...fashionMnistTask.classes];
  const { noiseStd, ...dynafed } = { ...smallPlan.dynafed, noiseStd: 0 };
  const earlier = {
    ...{ ...shared, classNames, network: { ...network, image: [28, 28, 1], classes: 10 } },
    ...{ preprocessing: { mean: 0.1307, std: 0.3081 }, dynafed: { ...dynafed, augment: true } },
  };
  const value = {
    ...shared,
    task: {
      ...task,
      ...{ id: "earlier-plan", texts: expect.objectContaining({ title: "An earlier plan" }) },
      ...{ network, evaluation: { holdOut: 0, headline: "accuracy" } },
    },
    dynafed: { ...dynafed, augment: "siamese", noiseStd },
  };
  expect(planOf({ format: "tributary-run-export", plan: earlier })).toEqual({ ok: true, value });
  const colour = { ...earlier, network: { kind: "convnet", image: [8, 8, 3], classes: 2 }, dynafed: null };
  expect(modernPlan(colour)).toMatchObject({
    task: {
      image: [8, 8, 3],
      network: { kind: "convnet" },
      scale: { mean: [0.1307, 0.1307, 0.1307], std: [0.3081, 0.3081, 0.3081] },
    },
  });
});

test("[M14] a manifest is a configuration of its run's plan, as it is, with what the replay needs", () => {
  const plan = { ...smallPlan, rounds: 7, dynafed: null };
  const exported = { format: "tributary-run-export", rounds: 3, best: null, plan };
  expect(planOf(exported)).toEqual({ ok: true, value: plan });
  const simulated = {
    format: "tributary-simulation",
    plan,
    data: { folder: "/data", sha256: "ab", image: [28, 28, 1] },
    backend: "wasm",
    volunteersTrain: "until-synthesis",
  };
  expect(parse(simulated)).toEqual({
    ok: true,
    value: {
      ...{
        base: null,
        plan,
        folder: "/data",
        sha256: "ab",
        backend: "wasm",
        split: null,
        volunteersTrain: "until-synthesis",
      },
    },
  });
});
