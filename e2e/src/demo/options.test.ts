import { describe, expect, test } from "vitest";
import { checkPlan } from "../../../packages/rounds/src/check-plan.ts";
import { demoPlan, twinConfig } from "./demo-plan.ts";
import { fashionMnist, readDemoTask } from "./demo-task.ts";
import { parseDemoOptions } from "./options.ts";

const DEFAULTS = { task: "fashion-mnist", out: "out/demo", volunteers: 4, rounds: 20, alpha: 0.04, seed: 1 };
const FASHION_MNIST = {
  name: "fashion-mnist",
  image: [28, 28, 1] as [number, number, number],
  classes: 10,
  train: 6000,
  test: 1000,
};

describe("the demo's options", () => {
  test("[E1] the demo takes its options in either spelling, and has a default for each", () => {
    expect(parseDemoOptions([])).toEqual({ kind: "options", options: DEFAULTS });
    const words = [
      "--task=emoji",
      "--rounds=8",
      "--volunteers",
      "2",
      "--alpha",
      "0.5",
      "--seed=0",
      "--out",
      "a b",
    ];
    expect(parseDemoOptions(words)).toEqual({
      kind: "options",
      options: { task: "emoji", out: "a b", volunteers: 2, rounds: 8, alpha: 0.5, seed: 0 },
    });
    expect(parseDemoOptions(["--rounds", "8", "--help"])).toEqual({ kind: "help" });
  });

  const refused: readonly (readonly [readonly string[], string])[] = [
    [["--volunteers", "0"], '--volunteers must be a whole number from 1 to 16, got "0"'],
    [["--volunteers", "2.5"], 'got "2.5"'],
    [["--rounds", "5"], '--rounds must be a whole number from 6 to 1000, got "5"'],
    [["--alpha", "none"], '--alpha must be a number from 0.001 to 1000, got "none"'],
    [["--alpha", "-1"], 'got "-1"'],
    [["--seed", "4294967296"], 'got "4294967296"'],
    [["--seed", " "], 'got " "'],
    [["--seed", ""], "--seed needs a value"],
    [["--out"], "--out needs a value"],
    [["--round", "5"], 'unknown option "--round"'],
    [["20"], 'unknown option "20"'],
  ];
  for (const [words, reason] of refused) {
    test(`[E1] the demo refuses "${words.join(" ")}" and quotes it`, () => {
      const outcome = parseDemoOptions(words);
      expect(outcome.kind === "refused" ? outcome.reason : outcome.kind).toContain(reason);
    });
  }
});

describe("the demo's plan", () => {
  test("[E2] every option that the demo takes makes a plan that the server takes, with refined rounds", () => {
    let cases = 0;
    for (const volunteers of [1, 2, 4, 16]) {
      for (const rounds of [6, 7, 20, 40, 1000]) {
        const plan = demoPlan({ ...DEFAULTS, volunteers, rounds }, fashionMnist);
        expect(checkPlan(plan, [FASHION_MNIST])).toEqual([]);
        expect(plan.dynafed?.snapshots).toBeLessThan(rounds);
        cases += 1;
      }
    }
    expect(cases).toBe(20);
  });

  test("[E2] the plan is of the task that lies in datasets/, with all of its pictures where there are few", async () => {
    const emoji = await readDemoTask("emoji");
    const plan = demoPlan(DEFAULTS, emoji);
    expect(plan).toMatchObject({
      task: { id: "emoji", image: [32, 32, 3] },
      sample: { train: 1633, test: 273 },
    });
    const data = { name: "emoji", image: emoji.task.image, classes: 9, train: 1633, test: 273 };
    expect(checkPlan(plan, [data])).toEqual([]);
    await expect(readDemoTask("cats")).rejects.toThrow('got "cats"');
    await expect(readDemoTask("../x")).rejects.toThrow('got "../x"');
    await expect(readDemoTask("letters")).rejects.toThrow('got "letters" on rows');
  });

  test("[E2] the plain FedAvg run has the plan's seed, shards, rounds and local training", () => {
    const plan = demoPlan({ ...DEFAULTS, seed: 3, volunteers: 5, rounds: 12, alpha: 0.2 }, fashionMnist);
    expect(twinConfig(plan)).toEqual({ plan: { ...plan, dynafed: null } });
    expect(plan).toMatchObject({
      seed: 3,
      rounds: 12,
      cohort: { size: 5 },
      local: { batchSize: 32, optimizer: { kind: "adam", learningRate: 0.001 } },
      task: { network: { width: 16 } },
      sample: { train: 6000, test: 1000, shards: 5, alpha: 0.2 },
    });
  });
});
