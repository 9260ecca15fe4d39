import { expect, test } from "vitest";
import { PAPER_SETTINGS, parseSimulationConfig, planOfConfig } from "./simulation-config.ts";

const fashion = { image: [28, 28, 1], classes: 10, train: 60_000, test: 10_000 } as const;

test("[M8] what a configuration leaves out is as in the paper", () => {
  const parsed = parseSimulationConfig("{}");
  expect(parsed).toEqual({ ok: true, value: PAPER_SETTINGS });
  const plan = planOfConfig(PAPER_SETTINGS, { ...fashion, image: [28, 28, 1] });
  expect(plan).toMatchObject({
    ok: true,
    value: {
      network: { kind: "convnet", width: 128, depth: 3 },
      preprocessing: { mean: 0.1307, std: 0.3081 },
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
        augment: true,
      },
      sample: { train: 60_000, test: 10_000, shards: 80 },
    },
  });
});

test.each([
  ['{"seeds": 3}', "/seeds is not known here"],
  ['{"alpha": "small"}', '/alpha must be a number, got "small"'],
  ['{"alpha": 0}', "/alpha must be above 0, got 0"],
  ['{"clients": 2.5}', "/clients must be a whole number, got 2.5"],
  ['{"seed": -1}', "/seed must be at least 0, got -1"],
  ['{"strategy": "fedfoo"}', '"fedfoo"'],
  ['{"backend": "cuda"}', '"cuda"'],
  ['{"strategy": "fedprox", "strategySettings": {"kind": "scaffold"}}', 'got "scaffold"'],
  ['{"dynafed": false}', 'dynafed false needs another strategy than the default, "dynafed"'],
  ['{"clients": 4, "perRound": 5}', "perRound 5 is above clients 4"],
  ["[1]", "got [1]"],
  ["{seed: 1}", "not JSON"],
])("[M9] a configuration that cannot be is refused with its value: %s", (text, problem) => {
  const parsed = parseSimulationConfig(text);
  expect(parsed.ok ? "" : parsed.problems.join("\n")).toContain(problem);
});

test("[M13] any strategy may be named, with settings of its own, and DynaFed on top of it", () => {
  const planOf = (config: object) => {
    const parsed = parseSimulationConfig(JSON.stringify(config));
    if (!parsed.ok) throw new Error(parsed.problems.join());
    return planOfConfig(parsed.value, { ...fashion, image: [28, 28, 1] });
  };
  expect(planOf({ strategy: "fedprox", strategySettings: { mu: 0.5 } })).toMatchObject({
    value: { strategy: { kind: "fedprox", mu: 0.5 }, dynafed: null },
  });
  expect(planOf({ strategy: "scaffold", dynafed: true })).toMatchObject({
    value: { strategy: { kind: "scaffold", serverRate: 1, population: null }, dynafed: { snapshots: 25 } },
  });
  expect(planOf({ strategy: "fedavg", strategySettings: { mu: 0.5 } })).toMatchObject({
    problems: ["/strategy/mu is not known here"],
  });
  expect(planOf({ strategy: "fedprox", strategySettings: { mu: -1 } })).toMatchObject({
    problems: ["/strategy/mu must be at least 0, got -1"],
  });
});

test.each([
  [{ train: 60_001 }, "/sample/train must be at most 60000, the training images of simulated, got 60001"],
  [{ test: 10_001 }, "/sample/test must be at most 10000, the test images of simulated, got 10001"],
  [{ rounds: 24 }, "/dynafed/snapshots must be at most 24, the number of rounds, got 25"],
  [{ train: 70 }, "/sample/shards must be at most 70, the training images, got 80"],
  [{ width: 1000 }, "got 1000"],
])("[M9] a configuration that does not fit its data or itself is refused: %j", (change, problem) => {
  const plan = planOfConfig({ ...PAPER_SETTINGS, ...change }, { ...fashion, image: [28, 28, 1] });
  expect(plan.ok ? "" : plan.problems.join("\n")).toContain(problem);
});
