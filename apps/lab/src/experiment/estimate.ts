/**
 * How long an experiment still takes, from what its rounds, iterations and refines took so far. Pure.
 *
 * The cost of a piece of work is taken in proportion to its size: one training round, one evaluation, and for synthesis
 * and refine images x steps. Each method's own measurements come first; where a method has none yet, those of others
 * stand in for it and the range is widened; work of a kind that nobody has done yet is named, not guessed.
 */
import type { DynafedSettings, Plan } from "@tributary/protocol";

export type WorkKind = "train" | "evaluate" | "synthesize" | "refine";

/** Work of one kind that is still to do, and whose measurements say best what it costs. */
export type Work = { readonly kind: WorkKind; readonly variant: string; readonly size: number };

export type Measurement = Work & { readonly seconds: number };

export type Estimate = {
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** Kinds of work ahead that nothing is known of: the estimate leaves them out. */
  readonly unmeasured: readonly WorkKind[];
};

export type RunAhead = {
  readonly plan: Plan;
  readonly volunteersTrain: "always" | "until-synthesis";
  readonly roundsDone: number;
  /** Of the synthesis that is under way. */
  readonly iterationsDone: number;
};

/** The part by which an estimate from many measurements may be off, and the more by which one from few. */
const LEAST_DOUBT = 0.08;
const DOUBT_OF_ONE = 0.4;
const DOUBT_OF_OTHERS = 0.3;
/** The newest measurements of a kind and variant: the machine may have become slower or faster. */
const REMEMBERED = 60;

/** What a run still has to do. */
export function workAhead({ plan, volunteersTrain, roundsDone, iterationsDone }: RunAhead): readonly Work[] {
  const { rounds, dynafed } = plan;
  const left = rounds - roundsDone;
  const variant = variantOf(plan);
  if (dynafed === null) {
    return [
      { kind: "train", variant, size: left },
      { kind: "evaluate", variant, size: left },
    ];
  }
  const beforeSynthesis = dynafed.snapshots - 1;
  const refined = Math.min(left, rounds - beforeSynthesis);
  const trained = volunteersTrain === "always" ? left : Math.max(0, beforeSynthesis - roundsDone);
  const iterations = Math.max(0, iterationsAfter(plan.rounds, dynafed, roundsDone) - iterationsDone);
  return [
    { kind: "train", variant, size: trained },
    { kind: "evaluate", variant, size: left + refined },
    { kind: "synthesize", variant, size: iterations * iterationSize(plan) },
    { kind: "refine", variant, size: refined * refineSize(plan) },
  ];
}

/** Of the syntheses that come after `roundsDone` rounds: the first, and those that refresh its set. */
function iterationsAfter(rounds: number, dynafed: DynafedSettings, roundsDone: number): number {
  const { snapshots, iterations, refreshEvery, refreshIterations } = dynafed;
  const first = snapshots - 1;
  const refreshes = refreshEvery === 0 ? 0 : Math.floor((rounds - 1 - first) / refreshEvery);
  return Array.from({ length: refreshes + 1 }, (_, at) => ({
    round: first + at * refreshEvery,
    iterations: at === 0 ? iterations : refreshIterations,
  }))
    .filter(({ round }) => round >= roundsDone)
    .reduce((sum, one) => sum + one.iterations, 0);
}

/** Methods of one strategy cost the same a round. */
export function variantOf(plan: Plan): string {
  return plan.strategy.kind;
}

/** Images x steps of one outer iteration; 0 without DynaFed. */
export function iterationSize({ dynafed }: Plan): number {
  return dynafed === null ? 0 : dynafed.imagesPerClass * dynafed.innerSteps;
}

/** Images x steps of one refine; 0 without DynaFed. */
export function refineSize({ dynafed }: Plan): number {
  return dynafed === null ? 0 : dynafed.imagesPerClass * dynafed.refineSteps;
}

/** Adds a measurement, and forgets the oldest of its kind and variant. */
export function remember(known: readonly Measurement[], measured: Measurement): readonly Measurement[] {
  const same = known.filter(({ kind, variant }) => kind === measured.kind && variant === measured.variant);
  const oldest = same.length >= REMEMBERED ? same[0] : undefined;
  return [...known.filter((one) => one !== oldest), measured];
}

/** Of runs worked by `jobs` processes at once: no sooner than the longest of them alone. */
export function estimate(
  runs: readonly (readonly Work[])[],
  known: readonly Measurement[],
  jobs: number,
): Estimate {
  const ranges = runs.map((works) =>
    works.filter(({ size }) => size > 0).map((work) => rangeOf(work, known)),
  );
  const sum = (pick: (range: Range) => number) =>
    ranges.map((works) => works.reduce((seconds, range) => seconds + pick(range), 0));
  const overall = (each: readonly number[]) => Math.max(each.reduce((a, b) => a + b, 0) / jobs, ...each, 0);
  const unmeasured = ranges.flat().flatMap(({ unknown }) => (unknown === null ? [] : [unknown]));
  return {
    lowSeconds: overall(sum(({ low }) => low)),
    highSeconds: overall(sum(({ high }) => high)),
    unmeasured: [...new Set(unmeasured)],
  };
}

type Range = { readonly low: number; readonly high: number; readonly unknown: WorkKind | null };

function rangeOf(work: Work, known: readonly Measurement[]): Range {
  const ofKind = known.filter(({ kind, size }) => kind === work.kind && size > 0);
  const own = ofKind.filter(({ variant }) => variant === work.variant);
  const measured = own.length > 0 ? own : ofKind;
  if (measured.length === 0) return { low: 0, high: 0, unknown: work.kind };
  const size = measured.reduce((sum, one) => sum + one.size, 0);
  const seconds = measured.reduce((sum, one) => sum + one.seconds, 0);
  const doubt =
    LEAST_DOUBT + DOUBT_OF_ONE / Math.sqrt(measured.length) + (own.length > 0 ? 0 : DOUBT_OF_OTHERS);
  const expected = (seconds / size) * work.size;
  return { low: expected * Math.max(0, 1 - doubt), high: expected * (1 + doubt), unknown: null };
}

const words: Readonly<Record<WorkKind, string>> = {
  train: "training",
  evaluate: "evaluation",
  synthesize: "synthesis",
  refine: "refining",
};

/** "12 to 15 min left", and what that does not count. */
export function estimateWords({ lowSeconds, highSeconds, unmeasured }: Estimate): string {
  const missing = unmeasured.map((kind) => words[kind]).join(" and ");
  if (highSeconds === 0)
    return missing === "" ? "nothing left" : `time left unknown: ${missing} not measured yet`;
  const range = `${rangeWords(lowSeconds, highSeconds)} left`;
  return missing === "" ? range : `${range} and the ${missing}, not measured yet`;
}

function rangeWords(low: number, high: number): string {
  const [unit, name] = high < 100 ? [1, "s"] : high < 5400 ? [60, "min"] : [3600, "h"];
  const digits = unit === 3600 ? 1 : 0;
  const [from, to] = [Math.floor((low / unit) * 10 ** digits), Math.ceil((high / unit) * 10 ** digits)].map(
    (value) => (value / 10 ** digits).toFixed(digits),
  );
  return from === to ? `${to} ${name}` : `${from} to ${to} ${name}`;
}
