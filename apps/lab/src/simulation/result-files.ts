/** What a simulation leaves behind. Nothing but `seconds` in summary.json depends on the clock. */

import { formatCsv } from "@tributary/platform";
import { encodeValues } from "@tributary/protocol";
import type { SimulatedRound, SimulationResult } from "./simulation.ts";

export type ResultFile = { readonly name: string; readonly content: string | Uint8Array };

const columns = [
  "round",
  "participants",
  "accuracyAggregate",
  "accuracyRefined",
  "accuracy",
  "loss",
  "bytesUp",
  "bytesDown",
] as const satisfies readonly (keyof SimulatedRound)[];

/** rounds.csv and summary.json; of a run with a synthesis also synthesis.json and synthetic-set.bin. */
export function resultFiles(
  result: SimulationResult,
  measured: { readonly seconds: number; readonly backend: string },
): readonly ResultFile[] {
  const tables = [
    { name: "rounds.csv", content: roundsCsv(result.rounds) },
    { name: "summary.json", content: json(summarize(result.rounds, measured.seconds)) },
  ];
  return result.synthesis === null
    ? tables
    : [...tables, ...synthesisFiles(result.synthesis, measured.backend)];
}

export function roundsCsv(rounds: readonly SimulatedRound[]): string {
  return formatCsv({ columns, rows: rounds });
}

/** Accuracies are 0..1 on the test images, of the model that each round ends with; the spread is the population's. */
export function summarize(rounds: readonly SimulatedRound[], seconds: number) {
  const accuracies = rounds.map(({ accuracy }) => accuracy);
  const tail = accuracies.slice(-20);
  const mean = tail.reduce((sum, value) => sum + value, 0) / tail.length;
  const variance = tail.reduce((sum, value) => sum + (value - mean) ** 2, 0) / tail.length;
  return {
    final: accuracies.at(-1) ?? 0,
    last20Mean: mean,
    last20Std: Math.sqrt(variance),
    max: Math.max(...accuracies),
    seconds,
  };
}

/** The set as in a run's export: images, label logits, inner step, one float32 little-endian array after another. */
function synthesisFiles(
  { round, set, distances }: NonNullable<SimulationResult["synthesis"]>,
  backend: string,
): readonly ResultFile[] {
  const count = set.imagesPerClass * set.classes;
  const arrays = [set.images, set.labelLogits, Float32Array.of(set.innerStep)];
  const [images, labels] = [4 * set.images.length, 4 * set.labelLogits.length];
  const description = {
    round,
    backend,
    imagesPerClass: set.imagesPerClass,
    innerStep: set.innerStep,
    file: "synthetic-set.bin",
    dtype: "float32",
    byteOrder: "little-endian",
    arrays: [
      { name: "images", shape: [count, ...set.image], offsetBytes: 0 },
      { name: "labelLogits", shape: [count, set.classes], offsetBytes: images },
      { name: "innerStep", shape: [], offsetBytes: images + labels },
    ],
    distances,
  };
  const bytes = Buffer.concat(arrays.map((values) => encodeValues(values, "float32")));
  return [
    { name: "synthesis.json", content: json(description) },
    { name: "synthetic-set.bin", content: bytes },
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
