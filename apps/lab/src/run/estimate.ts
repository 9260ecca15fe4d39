/**
 * How long runs still take, from what their rounds, iterations and refines took so far. Pure.
 *
 * The cost of a piece of work is proportional to its size: one training round, one evaluation, and for synthesis and
 * refine images x steps. A strategy's own measurements come first. Where it has none yet, those of others stand in for it
 * and the range is wider. Work of a kind that nobody has done yet is named, not guessed.
 */
import type { DynafedSettings, Plan } from "@tributary/protocol";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";

/** What a run spends its time on. */
export type WorkKind = "train" | "evaluate" | "synthesize" | "refine";

/** Work of one kind that is still to do. `variant`: whose measurements say best what it costs. */
export type Work = { readonly kind: WorkKind; readonly variant: string; readonly size: number };

export type Measurement = Work & { readonly seconds: number };

/** The time left lies between the two, in seconds. */
export type Estimate = {
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** Kinds of work ahead without a measurement. The estimate leaves them out. */
  readonly unmeasured: readonly WorkKind[];
};

/** A run and how far it has come. */
export type RunAhead = {
  readonly plan: Plan;
  readonly volunteersTrain: VolunteersTrain;
  readonly roundsDone: number;
  /** Iterations of the synthesis that is under way. */
  readonly iterationsDone: number;
};

/** Part by which an estimate may be off: from many measurements, in addition from one, and from another variant's. */
const LEAST_DOUBT = 0.08;
const DOUBT_OF_ONE = 0.4;
const DOUBT_OF_OTHERS = 0.3;
/** Measurements that count for a kind and variant, the newest: the machine may have become slower or faster. */
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

/** Iterations of the syntheses that come after `roundsDone` rounds: the first, and those that refresh its set. */
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

/** Whose measurements say what a round costs: plans of one strategy cost the same. */
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

/** Adds a measurement, and drops the oldest of its kind and variant if there are too many. */
export function remember(known: readonly Measurement[], measured: Measurement): readonly Measurement[] {
  const same = known.filter(({ kind, variant }) => kind === measured.kind && variant === measured.variant);
  const oldest = same.length >= REMEMBERED ? same[0] : undefined;
  return [...known.filter((one) => one !== oldest), measured];
}

/** The time of runs that `jobs` processes work at once: no less than the longest of them takes alone. */
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
export function estimateWords(estimated: Estimate): string {
  const missing = estimated.unmeasured.map((kind) => words[kind]).join(" and ");
  if (estimated.highSeconds === 0)
    return missing === "" ? "nothing left" : `time left unknown: ${missing} not measured yet`;
  const range = `${durationWords(estimated)} left`;
  return missing === "" ? range : `${range} and the ${missing}, not measured yet`;
}

/** "12 to 15 min", of what has been measured. */
export function durationWords({ lowSeconds, highSeconds }: Estimate): string {
  const { seconds, name, digits } = unitOf(highSeconds);
  const shown = (value: number, round: (value: number) => number) =>
    (round((value / seconds) * 10 ** digits) / 10 ** digits).toFixed(digits);
  const [from, to] = [shown(lowSeconds, Math.floor), shown(highSeconds, Math.ceil)];
  return from === to ? `${to} ${name}` : `${from} to ${to} ${name}`;
}

function unitOf(seconds: number): {
  readonly seconds: number;
  readonly name: string;
  readonly digits: number;
} {
  if (seconds < 100) return { seconds: 1, name: "s", digits: 0 };
  if (seconds < 5400) return { seconds: 60, name: "min", digits: 0 };
  return seconds < 48 * 3600
    ? { seconds: 3600, name: "h", digits: 1 }
    : { seconds: 86_400, name: "days", digits: 1 };
}
