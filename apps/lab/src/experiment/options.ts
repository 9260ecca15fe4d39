/** The arguments of `npm run experiment`. Pure. */
import { parseArgs } from "node:util";
import type { BackendPreference } from "@tributary/backends";
import { BackendName } from "@tributary/protocol";
import { oneOf, wholeNumber } from "../arguments.ts";
import { type Scale, scales } from "../plans/scales.ts";
import type { Preset } from "./preset.ts";
import { presets } from "./presets/presets.ts";
import type { Choice } from "./run-matrix.ts";
import { type TaskExperiment, taskExperiments } from "./task-experiments.ts";

export type ExperimentOptions = {
  readonly choice: Choice;
  /** As given; null: the scale's own. */
  readonly data: string | null;
  readonly out: string | null;
  /** null: as many as there are cores. */
  readonly jobs: number | null;
  readonly backend: BackendPreference;
  readonly targets: readonly number[];
};

/** Experiments on the tasks that ship, each with its own settings. */
export type TasksOptions = Pick<ExperimentOptions, "out" | "jobs" | "backend"> & {
  readonly tasks: readonly TaskExperiment[];
  readonly seeds: readonly number[];
};

export type Asked =
  | { readonly kind: "list" }
  | { readonly kind: "tasks"; readonly options: TasksOptions }
  | { readonly kind: "experiment"; readonly options: ExperimentOptions };

/** What `--help` prints. */
export const usage = `usage: npm run experiment -- PRESET [options]

  --scale desk|paper|tiny  size of every run; default: desk
  --seeds 1,2,3            runs every method and alpha once for each seed; default: 1
  --alphas 0.01,0.04       Dirichlet concentrations; default: the preset's
  --only METHOD,METHOD     only these methods of the preset, in any case; default: all
  --data FOLDER            IDX files, CIFAR-10's binary batches, or images by class; default: Fashion-MNIST
  --out FOLDER             where results go and unfinished runs go on; default: experiments/PRESET-SCALE
  --jobs N                 runs at the same time; default: the number of cores, 1 on a GPU
  --backend NAME           auto, wasm, webgpu, tensorflow or cpu; default: auto
  --targets 0.6,0.7        accuracies whose first round the table names; default: the scale's
  --list                   lists the presets with their methods, and the scales

npm run experiment -- tasks runs the strategies on the tasks that ship, each with settings of its own. It takes --seeds,
--out, --jobs, --backend, and --only with names of tasks.
  --help                   prints this text`;

/** Throws an Error that quotes the argument that is wrong. */
export function readOptions(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: known });
  if (values.list === true) return { kind: "list" };
  const [name, ...rest] = positionals;
  if (name === undefined) throw new Error(`expected the name of a preset, got none\n${usage}`);
  if (rest.length > 0) throw new Error(`expected one preset, got also ${rest.join(" ")}`);
  return name === TASKS ? tasksAsked(values) : experimentAsked(name, values);
}

/** The preset that is a row of experiments. */
export const TASKS = "tasks";

const text = { type: "string" } as const;
const known = {
  ...{ scale: text, seeds: text, alphas: text, only: text, data: text, out: text, jobs: text },
  ...{ backend: text, targets: text },
  list: { type: "boolean" },
} as const;

type Values = Partial<Readonly<Record<Exclude<keyof typeof known, "list">, string>>>;

function tasksAsked(values: Values): Asked {
  for (const name of ["scale", "alphas", "data", "targets"] as const) {
    if (values[name] !== undefined) throw new Error(`--${name} ${values[name]} does not go with ${TASKS}`);
  }
  const wanted = listed(values.only);
  const names = taskExperiments.map((one) => one.name);
  const strange = wanted?.find((name) => !names.includes(name));
  if (strange !== undefined) oneOf("a task", names, strange);
  const tasks = taskExperiments.filter(({ name }) => wanted === null || wanted.includes(name));
  return { kind: "tasks", options: { tasks, seeds: seedsOf(values), ...placeOf(values) } };
}

function experimentAsked(name: string, values: Values): Asked {
  const preset = named("a preset", [...presets, { name: TASKS }], name) as Preset;
  const scale = named("a scale", scales, values.scale ?? "desk");
  const alphas = values.alphas === undefined ? preset.alphas : numbers("--alphas", values.alphas, positive);
  const splits = alphas.map((alpha) => ({ kind: "dirichlet", alpha }) as const);
  const targets =
    values.targets === undefined
      ? scale.targets
      : numbers("--targets", values.targets, (target) => target > 0 && target <= 1);
  const choice = { preset, scale, splits, seeds: seedsOf(values), only: listed(values.only) };
  return { kind: "experiment", options: { choice, data: values.data ?? null, ...placeOf(values), targets } };
}

function seedsOf({ seeds = "1" }: Values): readonly number[] {
  return numbers("--seeds", seeds, (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32);
}

function listed(list: string | undefined): readonly string[] | null {
  return list === undefined ? null : list.split(",").map((part) => part.trim());
}

function placeOf({
  out = null,
  jobs,
  backend = "auto",
}: Partial<Record<"out" | "jobs" | "backend", string | null>>) {
  return {
    out,
    jobs: jobs == null ? null : wholeNumber("--jobs", jobs, 1, 256),
    backend: oneOf("a backend", BACKENDS, backend ?? "auto"),
  };
}

const positive = (value: number) => value > 0 && Number.isFinite(value);

const BACKENDS: readonly BackendPreference[] = ["auto", ...BackendName.anyOf.map((one) => one.const)];

function named<Named extends { readonly name: string }>(
  what: string,
  known: readonly Named[],
  name: string,
): Named {
  const names = known.map((one) => one.name);
  return known[names.indexOf(oneOf(what, names, name))] as Named;
}

function numbers(option: string, list: string, isRight: (value: number) => boolean): readonly number[] {
  const parts = list.split(",").map((part) => part.trim());
  const values = parts.map((part) => (part === "" ? Number.NaN : Number(part)));
  const wrong = values.findIndex((value) => !isRight(value));
  if (wrong >= 0) throw new Error(`${option} cannot hold ${JSON.stringify(parts[wrong])}`);
  if (new Set(values).size < values.length) throw new Error(`${option} ${list} says a number twice`);
  return values;
}

/** What `--list` prints. */
export function listing(scale: Scale): string {
  const lines = presets.flatMap(({ name, about, alphas, methods }) => [
    `${name}: ${about}`,
    `  alpha ${alphas.join(", ")}`,
    ...methods(scale).map((method) => `  - ${method.name}`),
    "",
  ]);
  const tasks = taskExperiments.map(
    ({ name, methods }) => `  ${name}: ${methods.map((one) => one.name).join(", ")}`,
  );
  return [
    ...lines,
    `${TASKS}: the strategies on every task that ships`,
    ...tasks,
    "",
    ...scales.map(({ name, about }) => `scale ${name}: ${about}`),
  ].join("\n");
}
