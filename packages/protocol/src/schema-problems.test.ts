import { describe, expect, it } from "vitest";
import { fashionMnistTask } from "./fashion-mnist-task.ts";
import { Plan } from "./plan.ts";
import { describeProblems } from "./problem.ts";
import { schemaProblems } from "./schema-problems.ts";
import { demoPlan } from "./small-plan.ts";

describe("schemaProblems", () => {
  it("[H4] a value that fits has no problems", () => {
    expect(schemaProblems(Plan, demoPlan)).toEqual([]);
  });

  it("[H4] inside a union the problem is found in the variant that the value names", () => {
    const problems = schemaProblems(Plan, { ...demoPlan, dynafed: { ...demoPlan.dynafed, snapshots: 2 } });
    expect(problems).toEqual([{ path: "/dynafed/snapshots", message: "must be at least 5, got 2" }]);
  });

  it("[H4] an unknown variant is named beside those that exist", () => {
    const problems = schemaProblems(Plan, {
      ...demoPlan,
      task: { ...fashionMnistTask, network: { kind: "rnn" } },
    });
    expect(problems).toEqual([
      { path: "/task/network/kind", message: 'must be one of "convnet", "mlp", got "rnn"' },
    ]);
    const dynafed = { ...demoPlan.dynafed, recursion: "no" };
    expect(schemaProblems(Plan, { ...demoPlan, dynafed })).toEqual([
      { path: "/dynafed/recursion", message: 'must be one of "exact", "tesla", got "no"' },
    ]);
  });

  it("[H4] missing and unknown fields, and wrong items of a list, are all named by their path", () => {
    const { seed: _, ...withoutSeed } = demoPlan;
    const problems = schemaProblems(Plan, {
      ...withoutSeed,
      sed: 1,
      task: { ...fashionMnistTask, classes: ["a", 7] },
    });
    expect(problems).toEqual([
      { path: "/sed", message: "is not known here" },
      { path: "/seed", message: "is missing" },
      { path: "/task/classes/1", message: "must be text, got 7" },
    ]);
  });

  it("[H4] an array whose items fit is named itself", () => {
    expect(schemaProblems(Plan, { ...demoPlan, task: { ...fashionMnistTask, classes: ["a"] } })).toEqual([
      { path: "/task/classes", message: 'must have at least 2 items, got ["a"]' },
    ]);
  });

  it("[H4] a path is a JSON pointer, whatever a field is called", () => {
    expect(schemaProblems(Plan, { ...demoPlan, "a/b~c": 1 })).toEqual([
      { path: "/a~1b~0c", message: "is not known here" },
    ]);
  });

  it("[H4] a long value, and a long name, is cut short", () => {
    const long = "x".repeat(10_000);
    const problems = schemaProblems(Plan, { ...demoPlan, seed: long, [long]: 1 });
    expect(problems).toHaveLength(2);
    expect(describeProblems(problems).length).toBeLessThan(300);
  });

  it("[H4] no more problems are looked for than are asked for", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field-${index}`, 1]));
    expect(schemaProblems(Plan, { ...demoPlan, ...many })).toHaveLength(20);
    expect(schemaProblems(Plan, { ...demoPlan, ...many }, 1)).toEqual([
      { path: "/field-0", message: "is not known here" },
    ]);
  });
});
