/** The arguments of `npm run experiment`. Pure. */
import { parseArgs } from "node:util";
import type { BackendPreference } from "@tributary/backends";
import { BackendName } from "@tributary/protocol";
import { oneOf, wholeNumber } from "../arguments.ts";
import { type Scale, scales } from "../plans/scales.ts";
import { presets } from "./presets/presets.ts";
import type { Choice } from "./run-matrix.ts";

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

export type Asked =
  | { readonly kind: "list" }
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
  --help                   prints this text`;

/** Throws an Error that quotes the argument that is wrong. */
export function readOptions(args: readonly string[]): Asked {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ scale: text, seeds: text, alphas: text, only: text, data: text, out: text, jobs: text },
      ...{ backend: text, targets: text, list: { type: "boolean" } },
    },
  });
  if (values.list === true) return { kind: "list" };
  const [name, ...rest] = positionals;
  if (name === undefined) throw new Error(`expected the name of a preset, got none\n${usage}`);
  if (rest.length > 0) throw new Error(`expected one preset, got also ${rest.join(" ")}`);
  const preset = named("a preset", presets, name);
  const scale = named("a scale", scales, values.scale ?? "desk");
  const alphas = values.alphas === undefined ? preset.alphas : numbers("--alphas", values.alphas, positive);
  return {
    kind: "experiment",
    options: {
      choice: {
        preset,
        scale,
        alphas,
        seeds: numbers(
          "--seeds",
          values.seeds ?? "1",
          (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
        ),
        only: values.only === undefined ? null : values.only.split(",").map((part) => part.trim()),
      },
      data: values.data ?? null,
      out: values.out ?? null,
      jobs: values.jobs === undefined ? null : wholeNumber("--jobs", values.jobs, 1, 256),
      backend: oneOf("a backend", BACKENDS, values.backend ?? "auto"),
      targets:
        values.targets === undefined
          ? scale.targets
          : numbers("--targets", values.targets, (target) => target > 0 && target <= 1),
    },
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
  return [...lines, ...scales.map(({ name, about }) => `scale ${name}: ${about}`)].join("\n");
}
