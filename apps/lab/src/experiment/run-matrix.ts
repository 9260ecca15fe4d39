/** Every run of an experiment: methods x alphas x seeds, each with its whole plan. Pure. */

import type { DataSource } from "@tributary/datasets/node";
import type { Plan } from "@tributary/protocol";
import { describeProblems, Plan as PlanSchema, schemaProblems } from "@tributary/protocol";
import { checkPlan } from "@tributary/rounds";
import type { Method, Preset } from "./preset.ts";
import type { Scale } from "./scales.ts";

export type RunSpec = {
  /** Of its folder. */
  readonly name: string;
  readonly method: string;
  readonly alpha: number;
  readonly seed: number;
  readonly plan: Plan;
  readonly volunteersTrain: "always" | "until-synthesis";
};

export type Choice = {
  readonly preset: Preset;
  readonly scale: Scale;
  readonly seeds: readonly number[];
  readonly alphas: readonly number[];
  /** Names of methods, in any case; null: all. */
  readonly only: readonly string[] | null;
};

export type MatrixData = Pick<DataSource, "classNames" | "preprocessing"> & {
  readonly train: Pick<DataSource["train"], "image" | "classes" | "count">;
  readonly test: Pick<DataSource["test"], "count">;
};

/**
 * Ordered by seed, then alpha, then method, so that an experiment that is stopped early has whole rows of its first
 * seeds. Throws an Error that quotes a method that the preset does not have, or a plan that cannot be.
 */
export function runMatrix(choice: Choice, data: MatrixData): readonly RunSpec[] {
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
  { alpha, seed }: { readonly alpha: number; readonly seed: number },
  { train, test, classNames, preprocessing }: MatrixData,
): Plan {
  const { image, classes } = train;
  const trainCount = Math.min(scale.train ?? train.count, train.count);
  return {
    seed,
    network: { kind: "convnet", image, classes, width: scale.width, depth: 3 },
    classNames: [...classNames],
    preprocessing,
    rounds: scale.rounds,
    // Nobody leaves a simulation, and its clock stands still: the deadline is never reached.
    cohort: { minimum: scale.perRound, size: scale.perRound, quorum: scale.perRound, deadlineMs: 1000 },
    local: {
      epochs: 1,
      batchSize: scale.batchSize,
      optimizer: { kind: "adam", learningRate: scale.clientRate },
      keepOptimizerState: true,
      ...method.local,
    },
    updateDtype: "float32",
    limits: { maxExamples: trainCount, maxMagnitude: 10, maxNorm: 1000 },
    strategy: method.strategy ?? { kind: "fedavg" },
    dynafed: method.dynafed === undefined ? null : { ...scale.dynafed, ...method.dynafed },
    sample: {
      dataset: "experiment",
      train: trainCount,
      test: Math.min(scale.test ?? test.count, test.count),
      shards: scale.clients,
      alpha,
    },
  };
}

function requirePlan(name: string, plan: Plan, { train, test }: MatrixData): void {
  const { image, classes } = train;
  const summary = { name: plan.sample.dataset, image, classes, train: train.count, test: test.count };
  const problems = schemaProblems(PlanSchema, plan);
  const all = problems.length > 0 ? problems : checkPlan(plan, [summary]);
  if (all.length > 0) throw new Error(`${name}: ${describeProblems(all)}`);
}
