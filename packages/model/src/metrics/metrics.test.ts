import fc from "fast-check";
import { expect, test } from "vitest";
import { createClassScores } from "./class-scores.ts";
import { createClassTally } from "./class-tally.ts";
import { rocAuc, rocAucOfCounts } from "./roc-auc.ts";
import { valueMetrics } from "./value-metrics.ts";

/** The definition: pairs won by the positive example, ties counted half. */
function slowAuc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  let won = 0;
  for (const positive of positives) {
    for (const negative of negatives) won += positive > negative ? 1 : positive === negative ? 0.5 : 0;
  }
  return won / positives.length / negatives.length;
}

function expectClose(actual: number | null, expected: number | null): void {
  if (expected === null) expect(actual).toBeNull();
  else expect(actual).toBeCloseTo(expected, 12);
}

const levels = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 30 });

test("[N33] the area under the ROC curve is the share of pairs won, ties counted half", () => {
  let [missing, ties] = [0, 0];
  fc.assert(
    fc.property(levels, levels, (positives, negatives) => {
      const expected = slowAuc(positives, negatives);
      if (expected === null) missing++;
      if (positives.some((value) => negatives.includes(value))) ties++;
      expectClose(rocAuc(Float32Array.from(positives), Float32Array.from(negatives)), expected);
      const countsOf = (values: readonly number[]) =>
        Uint32Array.from({ length: 9 }, (_, bin) => values.filter((value) => value + 4 === bin).length);
      expectClose(rocAucOfCounts(countsOf(positives), countsOf(negatives)), expected);
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(missing).toBeGreaterThan(20);
  expect(ties).toBeGreaterThan(200);
  expect(rocAuc(Float32Array.of(2, 3), Float32Array.of(0, 1))).toBe(1);
  expect(rocAuc(Float32Array.of(1), Float32Array.of(1, 1))).toBe(0.5);
});

/** Two classes whose logits tie often, or more whose log-odds hardly ever do. */
const classified = fc.integer({ min: 2, max: 4 }).chain((classes) => {
  const most = classes === 2 ? 2 : 20_000;
  const logit = fc.integer({ min: -most, max: most }).map((value) => (classes === 2 ? value : value / 4096));
  const logits = fc.array(logit, { minLength: classes, maxLength: classes });
  const example = fc.record({ logits, label: fc.integer({ min: 0, max: classes - 1 }) });
  return fc.record({
    classes: fc.constant(classes),
    examples: fc.array(example, { minLength: 1, maxLength: 25 }),
  });
});

/** log p - log (1 - p) of class k, in float32. */
function logOdds(logits: readonly number[], k: number): number {
  const others = logits.filter((_, j) => j !== k);
  const rest =
    others.length === 1 ? (others[0] ?? 0) : Math.log(others.reduce((sum, z) => sum + Math.exp(z), 0));
  return Math.fround((logits[k] ?? 0) - rest);
}

const mean = (values: readonly (number | null)[]) => {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? null : there.reduce((a, b) => a + b) / there.length;
};

test("[N33] recalls, balanced accuracy and the areas of every class against the rest are as defined", () => {
  let [absent, several] = [0, 0];
  fc.assert(
    fc.property(classified, ({ classes, examples }) => {
      const tally = createClassTally(classes, examples.length);
      const half = Math.ceil(examples.length / 2);
      for (const part of [examples.slice(0, half), examples.slice(half)]) {
        const logits = Float32Array.from(part.flatMap(({ logits }) => logits));
        tally.add(
          logits,
          Uint8Array.from(part, ({ label }) => label),
        );
      }
      const { recall, balancedAccuracy, auc } = tally.metrics();
      const recalls = Array.from({ length: classes }, (_, k) => {
        const own = examples.filter(({ label }) => label === k);
        const right = own.filter(({ logits }) => logits.indexOf(Math.max(...logits)) === k);
        return own.length === 0 ? null : right.length / own.length;
      });
      expect(recall).toEqual(recalls);
      if (recalls.includes(null)) absent++;
      expectClose(balancedAccuracy, mean(recalls));
      const areas = Array.from({ length: classes }, (_, k) => {
        const scores = (isOwn: boolean) =>
          examples.filter(({ label }) => (label === k) === isOwn).map(({ logits }) => logOdds(logits, k));
        return slowAuc(scores(true), scores(false));
      });
      if (areas.filter((area) => area !== null).length > 2) several++;
      expectClose(auc, classes === 2 ? (areas[1] ?? null) : mean(areas));
    }),
    { numRuns: 300, seed: 2 },
  );
  expect(absent).toBeGreaterThan(30);
  expect(several).toBeGreaterThan(80);
});

test("[N33] many scores are counted in bins, whose memory does not grow, with the same area to a thousandth", () => {
  const [exact, binned] = [createClassScores(2, 20_000), createClassScores(2, 4_000_000)];
  for (let i = 0; i < 20_000; i++) {
    const label = i % 2;
    const logits = Float32Array.of(Math.sin(i * 12.9898) * 3, Math.sin(i * 78.233) * 3 + label);
    for (const scores of [exact, binned]) scores.add(logits, 0, label);
  }
  const [area, other] = [exact.auc(1) as number, binned.auc(1) as number];
  expect(area).toBeGreaterThan(0.55);
  expect(other).not.toBe(area);
  expect(Math.abs(other - area)).toBeLessThan(1e-3);
});

test("[N33] the error and explained share of predicted numbers are as defined; equal targets have no explained share", () => {
  let flat = 0;
  const numbers = fc.array(fc.tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -2, max: 2 })), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(numbers, (pairs) => {
      const [predictions, values] = [pairs.map(([z]) => z / 4), pairs.map(([, y]) => y / 2)];
      const { rmse, r2 } = valueMetrics(Float32Array.from(predictions), Float32Array.from(values));
      const mean = values.reduce((a, b) => a + b) / values.length;
      const error = values.reduce((sum, y, i) => sum + (y - (predictions[i] ?? 0)) ** 2, 0);
      const spread = values.reduce((sum, y) => sum + (y - mean) ** 2, 0);
      expect(rmse).toBeCloseTo(Math.sqrt(error / values.length), 12);
      const isFlat = new Set(values).size === 1;
      if (isFlat) flat++;
      expectClose(r2, isFlat ? null : 1 - error / spread);
    }),
    { numRuns: 300, seed: 3 },
  );
  expect(flat).toBeGreaterThan(20);
  const huge = Float32Array.of(0.1, 0.1, 0.1);
  expect(valueMetrics(huge, huge)).toEqual({ rmse: 0, r2: null });
});
