/** Every run of an experiment: methods x alphas x seeds, each with its whole plan. Pure. */

import { describeProblems, type Plan } from "@tributary/protocol";
import type { PlanData } from "../plans/image-task.ts";
import { planProblems, scalePlan } from "../plans/scale-plan.ts";
import type { Scale } from "../plans/scales.ts";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";
import type { Method, Preset } from "./preset.ts";

/** One run of the experiment. */
export type RunSpec = {
  /** The name of its folder. */
  readonly name: string;
  readonly method: string;
  readonly alpha: number;
  readonly seed: number;
  readonly plan: Plan;
  readonly volunteersTrain: VolunteersTrain;
};

/** What an experiment runs. */
export type Choice = {
  readonly preset: Preset;
  readonly scale: Scale;
  readonly seeds: readonly number[];
  readonly alphas: readonly number[];
  /** Names of methods, in any case; null: all. */
  readonly only: readonly string[] | null;
};

/**
 * All runs, ordered by seed, then alpha, then method: an experiment that is stopped early has whole rows of its first
 * seeds. Throws an Error that quotes a method that the preset does not have, or what is wrong with a plan.
 */
export function runMatrix(choice: Choice, data: PlanData): readonly RunSpec[] {
  const methods = chosenMethods(choice);
  const runs = choice.seeds.flatMap((seed) =>
    choice.alphas.flatMap((alpha) =>
      methods.map((method) => ({
        name: folderName(method.name, alpha, seed),
        method: method.name,
        alpha,
        seed,
        plan: planOf(choice.scale, method, { alpha, seed }, data),
        volunteersTrain: method.volunteersTrain ?? ("always" as const),
      })),
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

function folderName(method: string, alpha: number, seed: number): string {
  const slug = method
    .toLowerCase()
    .replaceAll("+", " on ")
    .replaceAll(/[^a-z0-9.]+/g, "-");
  return `${slug}_alpha-${alpha}_seed-${seed}`;
}

function planOf(
  scale: Scale,
  method: Method,
  choice: { readonly alpha: number; readonly seed: number },
  data: PlanData,
): Plan {
  const base = scalePlan(scale, data, { ...choice, dataset: "experiment" });
  return {
    ...base,
    local: { ...base.local, ...method.local },
    strategy: method.strategy ?? base.strategy,
    dynafed: method.dynafed === undefined ? null : { ...scale.dynafed, ...method.dynafed },
  };
}

function requirePlan(name: string, plan: Plan, data: PlanData): void {
  const problems = planProblems(plan, data);
  if (problems.length > 0) throw new Error(`${name}: ${describeProblems(problems)}`);
}
