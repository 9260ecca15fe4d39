import { FederatedFigure, type Figures, type Headline } from "@tributary/protocol";
import fc from "fast-check";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { federatedFigure } from "./federated-figure.ts";

type Classified = Extract<Figures, { kind: "classification" }>;

function classified(examples: number, accuracy: number, changes: Partial<Classified> = {}): Classified {
  return {
    kind: "classification",
    examples,
    loss: 1 - accuracy,
    accuracy,
    balancedAccuracy: accuracy / 2,
    auc: null,
    ...changes,
  };
}

function regressed(examples: number, rmse: number, r2: number | null): Figures {
  return { kind: "regression", examples, loss: rmse ** 2 / 2, rmse, r2 };
}

describe("federatedFigure", () => {
  it("[R30] weighs every metric by held-out examples, over the volunteers for whom it is defined", () => {
    const all = [classified(30, 0.5, { auc: 0.8 }), classified(10, 0.9), classified(60, 0.7, { auc: 0.5 })];
    const figure = federatedFigure(all, "accuracy");
    expect(figure).toMatchObject({ volunteers: 3, headline: "accuracy", worstTenth: 0.5 });
    expect(figure?.mean).toMatchObject({ kind: "classification", examples: 100 });
    if (figure?.mean.kind !== "classification") throw new Error("expected a classification");
    expect(figure.mean.accuracy).toBeCloseTo(0.66, 12);
    expect(figure.mean.loss).toBeCloseTo(0.34, 12);
    expect(figure.mean.balancedAccuracy).toBeCloseTo(0.33, 12);
    expect(figure.mean.auc).toBeCloseTo(0.6, 12);
    expect(figure.spread).toBeCloseTo(Math.sqrt((0.2 ** 2 + 0.2 ** 2 + 0) / 3), 12);
  });

  it("[R30] the error of a regression is the root of the pooled squared errors, and the worst errors are the largest", () => {
    const all = [regressed(10, 3, 0.5), regressed(30, 1, null)];
    const figure = federatedFigure(all, "rmse");
    expect(figure).toMatchObject({ worstTenth: 3, spread: 1 });
    if (figure?.mean.kind !== "regression") throw new Error("expected a regression");
    expect(figure.mean.rmse).toBeCloseTo(Math.sqrt((10 * 9 + 30 * 1) / 40), 12);
    expect(figure.mean).toMatchObject({ r2: 0.5, examples: 40 });
    expect(federatedFigure(all, "r2")).toMatchObject({ worstTenth: 0.5, spread: 0 });
  });

  it("[R30] the worst tenth is the mean of the worst volunteers, their number rounded up", () => {
    const all = Array.from({ length: 21 }, (_, at) => classified(1, (at + 1) / 100));
    expect(federatedFigure(all, "accuracy")?.worstTenth).toBeCloseTo((0.01 + 0.02 + 0.03) / 3, 12);
    expect(federatedFigure(all.slice(0, 10), "accuracy")?.worstTenth).toBeCloseTo(0.01, 12);
  });

  it("[R30] without measurements there is no figure, and without a defined headline no spread", () => {
    expect(federatedFigure([], "accuracy")).toBeNull();
    expect(federatedFigure([classified(5, 0.5)], "auc")).toMatchObject({ spread: null, worstTenth: null });
    expect(federatedFigure([regressed(5, 1, null)], "r2")).toMatchObject({ spread: null, worstTenth: null });
  });

  it("[R31] rounding carries no mean past what its values allow, whatever the examples", () => {
    let past = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 10 }), (sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        if (sizes.reduce((sum, size) => sum + size / total, 0) > 1) past += 1;
        const perfect = sizes.map((size) => classified(size, 1, { balancedAccuracy: 1, auc: 1 }));
        expect(Value.Errors(FederatedFigure, federatedFigure(perfect, "auc"))).toEqual([]);
        const fitted = sizes.map((size) => regressed(size, 0, 1));
        expect(Value.Errors(FederatedFigure, federatedFigure(fitted, "r2"))).toEqual([]);
      }),
      { seed: 1, numRuns: 2000 },
    );
    expect(past).toBeGreaterThan(20);
  });

  it("[R31] one liar moves a mean by its own share of the examples at most, and every figure stays finite", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const examples = fc.integer({ min: 1, max: 1000 });
    const honest = fc.array(
      fc.tuple(examples, share).map(([n, accuracy]) => classified(n, accuracy)),
      { minLength: 1, maxLength: 30 },
    );
    const headline = fc.constantFrom<Headline>("accuracy", "balanced-accuracy", "auc");
    let moved = 0;
    fc.assert(
      fc.property(honest, examples, share, headline, (all, n, lie, by) => {
        const liar = classified(n, lie, { loss: 1e30, auc: lie });
        const [without, withLiar] = [federatedFigure(all, by), federatedFigure([...all, liar], by)];
        if (without?.mean.kind !== "classification" || withLiar?.mean.kind !== "classification") return false;
        const total = withLiar.mean.examples;
        expect(total).toBe(without.mean.examples + n);
        const step = Math.abs(withLiar.mean.accuracy - without.mean.accuracy);
        if (step > 0) moved += 1;
        expect(Number.isFinite(withLiar.mean.loss)).toBe(true);
        return step <= n / total + 1e-12;
      }),
      { numRuns: 300 },
    );
    expect(moved).toBeGreaterThan(200);
  });
});
