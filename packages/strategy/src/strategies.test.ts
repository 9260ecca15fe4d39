import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { clientRuleOf, combine, defaultSettings, StrategySettings, strategies } from "./strategies.ts";
import type { Combination, StrategyState } from "./strategy.ts";

/**
 * Two clients of one round on the model x = (1, 2): deltas (0.4, 0) of 3 examples and (0, -0.8) of 1 example.
 * Weighted by examples their mean is (0.3, -0.2); each alike it is (0.2, -0.4).
 */
const start = Float32Array.of(1, 2);
const byExamples = Float64Array.of(0.3, -0.2);
const uniform = Float64Array.of(0.2, -0.4);

function round(mean: Float64Array, state: StrategyState = {}): Combination {
  return { start, mean, controlMean: null, updates: 2, shards: 4, state };
}

function expectVector(actual: Float32Array | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(actual?.[at]).toBeCloseTo(value, 6);
}

describe("two clients by hand", () => {
  test("[G1] FedAvg adds the mean by examples and remembers nothing", () => {
    const { parameters, state } = combine({ kind: "fedavg" }, round(byExamples));
    expectVector(parameters, [1.3, 1.8]);
    expect(state).toEqual({});
  });

  test("[G2] FedProx combines as FedAvg, and its clients are pulled back by mu", () => {
    const settings = { kind: "fedprox", mu: 0.5 } as const;
    expectVector(combine(settings, round(byExamples)).parameters, [1.3, 1.8]);
    expect(clientRuleOf(settings)).toEqual({ proximal: 0.5, controlVariates: false });
  });

  test("[G3] SCAFFOLD steps by the plain mean, and c moves by the share of clients that took part", () => {
    const settings = { kind: "scaffold", serverRate: 0.5, population: null } as const;
    // c_i+ - c_i of the two are (0.2, 0) and (0.6, -1), their mean (0.4, -0.5), and 2 of 4 shards took part.
    const first = combine(settings, { ...round(uniform), controlMean: Float64Array.of(0.4, -0.5) });
    expectVector(first.parameters, [1.1, 1.8]);
    expectVector(first.state.control, [0.2, -0.25]);
    const second = combine(settings, {
      ...round(uniform, first.state),
      controlMean: Float64Array.of(-0.2, 0.1),
    });
    expectVector(second.state.control, [0.1, -0.2]);
    expect(clientRuleOf(settings)).toEqual({ proximal: 0, controlVariates: true });
  });

  test("[G3] SCAFFOLD's population may be said, and more updates than that count as all of it", () => {
    const of = (population: number) =>
      combine(
        { kind: "scaffold", serverRate: 1, population },
        { ...round(uniform), controlMean: Float64Array.of(0.4, -0.5) },
      ).state.control;
    expectVector(of(8), [0.1, -0.125]);
    expectVector(of(1), [0.4, -0.5]);
  });

  test("[G4] FedAvgM keeps a velocity of the deltas", () => {
    const settings = { kind: "fedavgm", serverRate: 0.5, momentum: 0.9 } as const;
    const first = combine(settings, round(byExamples));
    expectVector(first.state.velocity, [0.3, -0.2]);
    expectVector(first.parameters, [1.15, 1.9]);
    // 0.9 x 0.3 + 0.3 = 0.57, 0.9 x -0.2 - 0.2 = -0.38
    const second = combine(settings, round(byExamples, first.state));
    expectVector(second.state.velocity, [0.57, -0.38]);
    expectVector(second.parameters, [1.285, 1.81]);
  });

  const adaptive = { serverRate: 0.1, beta1: 0.9, beta2: 0.75, tau: 0.1 };

  test("[G5] FedAdam divides a running mean of the deltas by the root of that of their squares, plus tau", () => {
    const { parameters, state } = combine({ kind: "fedadam", ...adaptive }, round(byExamples));
    expectVector(state.first, [0.03, -0.02]);
    // 0.75 x 0.01 + 0.25 x 0.09 = 0.03 and 0.75 x 0.01 + 0.25 x 0.04 = 0.0175
    expectVector(state.second, [0.03, 0.0175]);
    expectVector(parameters, [
      1 + (0.1 * 0.03) / (Math.sqrt(0.03) + 0.1),
      2 - (0.1 * 0.02) / (Math.sqrt(0.0175) + 0.1),
    ]);
    const second = combine({ kind: "fedadam", ...adaptive }, round(uniform, state)).state;
    expectVector(second.first, [0.047, -0.058]);
    expectVector(second.second, [0.0325, 0.053125]);
  });

  test("[G6] FedYogi's second moment moves by the square, up or down", () => {
    // v = 0.01 is below 0.09 and 0.04: it rises by a quarter of each.
    const first = combine({ kind: "fedyogi", ...adaptive }, round(byExamples));
    expectVector(first.state.second, [0.0325, 0.02]);
    expectVector(first.parameters, [
      1 + (0.1 * 0.03) / (Math.sqrt(0.0325) + 0.1),
      2 - (0.1 * 0.02) / (Math.sqrt(0.02) + 0.1),
    ]);
    // 0.0325 is above 0.01 and falls by a quarter of it; 0.02 stays where the square is 0.
    const second = combine({ kind: "fedyogi", ...adaptive }, round(Float64Array.of(0.1, 0), first.state));
    expectVector(second.state.second, [0.03, 0.02]);
  });
});

describe("every strategy of the list", () => {
  test.each(strategies)(
    "[G7] $kind has defaults that its own settings take, and words for each",
    (strategy) => {
      const settings = defaultSettings(strategy.kind);
      expect(settings.kind).toBe(strategy.kind);
      expect(Value.Check(strategy.settings, settings)).toBe(true);
      expect(Value.Check(StrategySettings, settings)).toBe(true);
      expect(strategy.label).not.toBe("");
      expect(strategy.description).toMatch(/\.$/);
      for (const [name, property] of Object.entries(strategy.settings.properties)) {
        if (name !== "kind") expect(property).toMatchObject({ title: expect.any(String) });
      }
    },
  );

  test.each(strategies)(
    "[G8] $kind changes none of its arguments, and gives the same for the same",
    ({ kind }) => {
      const settings = defaultSettings(kind);
      const control = clientRuleOf(settings).controlVariates ? Float64Array.of(0.4, -0.5) : null;
      const first = combine(settings, { ...round(byExamples), controlMean: control });
      const kept = structuredClone(first.state);
      const again = () => combine(settings, { ...round(byExamples, first.state), controlMean: control });
      expect(again()).toEqual(again());
      expect(first.state).toEqual(kept);
      expect([...start, ...byExamples]).toEqual([1, 2, 0.3, -0.2]);
    },
  );

  test("[G7] an unknown kind is refused by its name", () => {
    expect(() => defaultSettings("fedfoo")).toThrow("got fedfoo");
  });
});
