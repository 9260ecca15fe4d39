import { testPlan } from "@tributary/rounds/testing";
import { expect, test } from "vitest";
import { durationWords, estimate, estimateWords, type Measurement, remember, workAhead } from "./estimate.ts";

const cohort = { minimum: 2, size: 2, quorum: 2, deadlineMs: 1000 };
const fedavg = testPlan({ rounds: 10, cohort });
const dynafed = testPlan({ rounds: 10, cohort, snapshots: 5, iterations: 3 });
const fresh = { volunteersTrain: "always", roundsDone: 0, iterationsDone: 0 } as const;

const sizes = (ahead: Parameters<typeof workAhead>[0]) =>
  Object.fromEntries(workAhead(ahead).map(({ kind, size }) => [kind, size]));

const measured = (kind: Measurement["kind"], seconds: number, variant = "fedavg"): Measurement => ({
  ...{ kind, variant, seconds },
  size: 1,
});

test("[Q4] the work ahead of a run counts its rounds, the iterations of a synthesis not yet over, and each refine", () => {
  expect(sizes({ ...fresh, plan: fedavg })).toEqual({ train: 10, evaluate: 10 });
  // 4 rounds before the synthesis, 6 refined ones; an iteration is 1 image x 2 steps, and so is a refine.
  expect(sizes({ ...fresh, plan: dynafed })).toEqual({ train: 10, evaluate: 16, synthesize: 6, refine: 12 });
  expect(sizes({ ...fresh, plan: dynafed, roundsDone: 4, iterationsDone: 2 })).toMatchObject({
    train: 6,
    synthesize: 2,
  });
  expect(sizes({ ...fresh, plan: dynafed, roundsDone: 8 })).toEqual({
    ...{ train: 2, evaluate: 4, synthesize: 0, refine: 4 },
  });
  expect(sizes({ ...fresh, plan: dynafed, volunteersTrain: "until-synthesis" })).toMatchObject({ train: 4 });
});

test("[Q4] syntheses that refresh the set count too, each until it is over", () => {
  const refreshing = {
    ...dynafed,
    dynafed: dynafed.dynafed && { ...dynafed.dynafed, refreshEvery: 2, refreshIterations: 10 },
  };
  // After round 4 with 3 iterations, after 6 and 8 with 10: an iteration is 1 image x 2 steps.
  const left = (roundsDone: number, iterationsDone: number) =>
    sizes({ ...fresh, plan: refreshing, roundsDone, iterationsDone }).synthesize;
  expect([left(0, 0), left(4, 1), left(5, 0), left(6, 4), left(7, 0), left(9, 0)]).toEqual([
    46, 44, 40, 32, 20, 0,
  ]);
});

test("[Q5] an estimate names what has not been measured, and leaves it out", () => {
  const runs = [workAhead({ ...fresh, plan: dynafed })];
  expect(estimateWords(estimate(runs, [], 1))).toBe(
    "time left unknown: training and evaluation and synthesis and refining not measured yet",
  );
  const known = Array.from({ length: 20 }, () => [measured("train", 10), measured("evaluate", 1)]).flat();
  expect(estimateWords(estimate(runs, known, 1))).toMatch(
    /^\d+ to \d+ min left and the synthesis and refining, not measured yet$/,
  );
  const all = [...known, measured("synthesize", 1), measured("refine", 1)];
  expect(estimate(runs, all, 1).unmeasured).toEqual([]);
});

test("[Q5] the range narrows with measurements, and is wider where another strategy's are used instead", () => {
  const runs = [workAhead({ ...fresh, plan: fedavg })];
  const of = (count: number, variant: string) =>
    estimate(
      runs,
      Array.from({ length: count }, () => [
        measured("train", 9, variant),
        measured("evaluate", 1, variant),
      ]).flat(),
      1,
    );
  const width = ({ lowSeconds, highSeconds }: ReturnType<typeof of>) => highSeconds - lowSeconds;
  const [one, many, others] = [of(1, "fedavg"), of(50, "fedavg"), of(50, "scaffold")];
  for (const each of [one, many, others]) {
    expect(each.lowSeconds).toBeLessThan(100);
    expect(each.highSeconds).toBeGreaterThan(100);
  }
  expect(width(many)).toBeLessThan(width(one));
  expect(width(many)).toBeLessThan(width(others));
});

test("[Q5] several runs at once take their sum by the number of processes, and no less than the longest", () => {
  const run = workAhead({ ...fresh, plan: fedavg });
  const known = [measured("train", 9), measured("evaluate", 1)];
  const alone = estimate([run], known, 2).highSeconds;
  expect(estimate([run, run, run, run], known, 2).highSeconds).toBeCloseTo(2 * alone, 6);
  expect(estimate([run], known, 8).highSeconds).toBe(alone);
});

test("[Q5] only the newest measurements of a kind count", () => {
  let known: readonly Measurement[] = [measured("refine", 5)];
  for (let at = 0; at < 100; at++) known = remember(known, measured("train", at));
  expect(known.filter(({ kind }) => kind === "train")).toHaveLength(60);
  expect(Math.min(...known.filter(({ kind }) => kind === "train").map(({ seconds }) => seconds))).toBe(40);
  expect(known[0]).toEqual(measured("refine", 5));
});

test("[Q5] a duration has a unit that fits it", () => {
  const words = (lowSeconds: number, highSeconds: number) =>
    durationWords({ lowSeconds, highSeconds, unmeasured: [] });
  expect(words(7.9, 20.1)).toBe("7 to 21 s");
  expect(words(90, 130)).toBe("1 to 3 min");
  expect(words(7200, 7200)).toBe("2.0 h");
  expect(words(86_400, 3 * 86_400)).toBe("1.0 to 3.0 days");
});
