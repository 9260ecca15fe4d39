/** Every run of an experiment: methods x alphas x seeds, each with its whole plan. Pure. */

import { describeProblems, type Plan, sampleOf } from "@tributary/protocol";
import type { LabTask } from "../data/lab-data.ts";
import { type Split, splitWords } from "../data/split.ts";
import { dynafedFor } from "../plans/dynafed-for.ts";
import { planProblems, scalePlan } from "../plans/scale-plan.ts";
import type { Scale } from "../plans/scales.ts";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";
import type { Method, Preset } from "./preset.ts";

/** One run of the experiment. */
export type RunSpec = {
  /** The name of its folder. */
  readonly name: string;
  readonly method: string;
  readonly split: Split;
  readonly seed: number;
  readonly plan: Plan;
  readonly volunteersTrain: VolunteersTrain;
};

/** What an experiment runs. */
export type Choice = {
  readonly preset: Pick<Preset, "name" | "about" | "methods">;
  readonly scale: Scale;
  readonly seeds: readonly number[];
  readonly splits: readonly Split[];
  /** Names of methods, in any case; null: all. */
  readonly only: readonly string[] | null;
};

/**
 * All runs, ordered by seed, then split, then method: an experiment that is stopped early has whole rows of its first
 * seeds. Throws an Error that quotes a method that the preset does not have, or what is wrong with a plan.
 */
export function runMatrix(choice: Choice, data: LabTask): readonly RunSpec[] {
  const methods = chosenMethods(choice);
  const runs = choice.seeds.flatMap((seed) =>
    choice.splits.flatMap((split) =>
      methods.map((method) => runOf(choice.scale, method, { split, seed }, data)),
    ),
  );
  for (const { name, plan } of runs) requirePlan(name, plan, data);
  return runs;
}

function chosenMethods({ preset, scale, only }: Choice): readonly Method[] {
  const methods = preset.methods(scale);
  if (only === null) return methods;
  const known = new Map(methods.map((method) => [method.name.toLowerCase(), method]));
  const strange = only.find((name) => !known.has(name.toLowerCase()));
  if (strange !== undefined) {
    const names = methods.map(({ name }) => JSON.stringify(name)).join(", ");
    throw new Error(`${preset.name} has no method ${JSON.stringify(strange)}; it has ${names}`);
  }
  return methods.filter(({ name }) => only.some((wanted) => wanted.toLowerCase() === name.toLowerCase()));
}

type Drawn = { readonly split: Split; readonly seed: number };

function runOf(scale: Scale, method: Method, { split: asked, seed }: Drawn, data: LabTask): RunSpec {
  const split: Split = method.isCentral === true ? { kind: "even" } : asked;
  const plan = planOf(scale, method, { split: asked, seed }, data);
  return {
    name: folderName(method.name, split, seed),
    method: method.name,
    ...{ split, seed },
    plan: method.isCentral === true ? centralOf(plan) : plan,
    volunteersTrain: method.volunteersTrain ?? "always",
  };
}

function folderName(method: string, split: Split, seed: number): string {
  const slug = (words: string) =>
    words
      .toLowerCase()
      .replaceAll("+", " on ")
      .replaceAll(/[^a-z0-9.]+/g, "-");
  return `${slug(method)}_${slug(splitWords(split))}_seed-${seed}`;
}

/** The plan's sample has an alpha whatever the split: 1 says nothing where there is another. */
function planOf(scale: Scale, method: Method, { split, seed }: Drawn, data: LabTask): Plan {
  const alpha = split.kind === "dirichlet" ? split.alpha : 1;
  const base = scalePlan(scale, data, { seed, alpha, dataset: "experiment" });
  const dynafed = method.dynafed === undefined ? null : { ...scale.dynafed, ...method.dynafed };
  return {
    ...base,
    strategy: method.strategy ?? base.strategy,
    local: { ...base.local, ...method.local },
    dynafed: dynafed && dynafedFor(base.task, dynafed),
  };
}

/** One client with all data. Its rounds are epochs: as many as an example is trained on in the plan on average. */
function centralOf(plan: Plan): Plan {
  const sample = sampleOf(plan);
  const epochs =
    (plan.rounds * plan.local.epochs * Math.min(plan.cohort.size, sample.shards)) / sample.shards;
  return {
    ...plan,
    rounds: Math.round(epochs),
    local: { ...plan.local, epochs: 1 },
    cohort: { ...plan.cohort, size: 1 },
    sample: { ...sample, shards: 1 },
  };
}

/** One client with all data is split by nothing. */
function requirePlan(name: string, plan: Plan, data: LabTask): void {
  const problems = planProblems(plan, sampleOf(plan).shards === 1 ? { ...data, groups: null } : data);
  if (problems.length > 0) throw new Error(`${name}: ${describeProblems(problems)}`);
}
