import { describe, expect, it } from "vitest";
import { Plan } from "./plan.ts";
import { schemaProblems } from "./schema-problems.ts";
import { demoPlan } from "./small-plan.ts";

describe("schemaProblems", () => {
  it("[H4] a value that fits has no problems", () => {
    expect(schemaProblems(Plan, demoPlan)).toEqual([]);
  });

  it("[H4] inside a union the problem is found in the variant that the value names", () => {
    const problems = schemaProblems(Plan, { ...demoPlan, dynafed: { ...demoPlan.dynafed, snapshots: 2 } });
    expect(problems).toEqual([expect.stringMatching(/^\/dynafed\/snapshots .*got 2$/)]);
  });

  it("[H4] an unknown variant is named beside those that exist", () => {
    const problems = schemaProblems(Plan, { ...demoPlan, network: { kind: "rnn" } });
    expect(problems).toEqual(['/network/kind must be one of "convnet", "mlp", got "rnn"']);
    const dynafed = { ...demoPlan.dynafed, recursion: "no" };
    expect(schemaProblems(Plan, { ...demoPlan, dynafed })).toEqual([
      '/dynafed/recursion must be one of "exact", "tesla", got "no"',
    ]);
  });

  it("[H4] missing and unknown fields, and wrong items of a list, are all named by their path", () => {
    const { seed: _, ...withoutSeed } = demoPlan;
    const problems = schemaProblems(Plan, { ...withoutSeed, sed: 1, classNames: ["a", 7] });
    expect(problems).toContain("/seed is missing");
    expect(problems).toContain("/sed is not known here");
    expect(problems.some((problem) => problem.startsWith("/classNames/1 "))).toBe(true);
  });

  it("[H4] a long value is cut short in the message", () => {
    const problems = schemaProblems(Plan, { ...demoPlan, seed: "x".repeat(10_000) });
    expect(problems.join("").length).toBeLessThan(300);
  });
});
