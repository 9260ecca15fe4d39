/** The files that a simulation leaves. Only `seconds` in summary.json depends on the clock. */

import { formatCsv } from "@tributary/platform";
import { encodeValues } from "@tributary/protocol";
import type { SimulatedRefusal, SimulatedRound, SimulationResult } from "./simulated-run.ts";

/** A file to be written, by name. */
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

/**
 * summary.json and the tables; for a run with a synthesis also synthesis.json and synthetic-set.bin.
 * `more`: further fields of summary.json.
 */
export function resultFiles(
  result: SimulationResult,
  measured: { readonly seconds: number; readonly backend: string },
  more: object = {},
): readonly ResultFile[] {
  const { rounds, refusals, synthesis } = result;
  const counts = { refusedUpdates: refusals.length, abandonedRounds: abandonedRounds(rounds) };
  const summary = { ...summarize(rounds, measured.seconds), ...counts, ...more };
  return [
    ...tableFiles(result),
    { name: "summary.json", content: json(summary) },
    ...(synthesis === null ? [] : synthesisFiles(synthesis, measured.backend)),
  ];
}

/** rounds.csv and, if an update was refused, refusals.csv. They are written while a run goes on, too. */
export function tableFiles({
  rounds,
  refusals,
}: Pick<SimulationResult, "rounds" | "refusals">): readonly ResultFile[] {
  const table = { name: "rounds.csv", content: roundsCsv(rounds) };
  if (refusals.length === 0) return [table];
  const named = { columns: ["round", "volunteer", "reason", "detail"] as const, rows: refusals };
  return [table, { name: "refusals.csv", content: formatCsv(named) }];
}

/** A row for each aggregated round. */
export function roundsCsv(rounds: readonly SimulatedRound[]): string {
  return formatCsv({ columns, rows: rounds });
}

/** A refusal in one line. */
export function refusalWords({ round, volunteer, reason, detail }: SimulatedRefusal): string {
  return `round ${round}, ${volunteer}: ${reason}, ${detail}`;
}

/** A run ends with an aggregated round. Every number below the last row's that has no row was abandoned. */
function abandonedRounds(rounds: readonly SimulatedRound[]): number {
  return (rounds.at(-1)?.round ?? 0) - rounds.length;
}

/** Accuracies 0..1 of the models that the rounds end with, on the test images. The deviation is the population's. */
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

/** The set as a live run exports it: images, label logits and inner step, as consecutive float32 little-endian arrays. */
function synthesisFiles(
  { round, set, distances }: NonNullable<SimulationResult["synthesis"]>,
  backend: string,
): readonly ResultFile[] {
  const count = set.imagesPerClass * set.classes;
  const arrays = [set.inputs, set.labelLogits, Float32Array.of(set.innerStep)];
  const [inputs, labels] = [4 * set.inputs.length, 4 * set.labelLogits.length];
  const description = {
    round,
    backend,
    imagesPerClass: set.imagesPerClass,
    innerStep: set.innerStep,
    file: "synthetic-set.bin",
    dtype: "float32",
    byteOrder: "little-endian",
    arrays: [
      { name: set.input.length === 1 ? "rows" : "images", shape: [count, ...set.input], offsetBytes: 0 },
      { name: "labelLogits", shape: [count, set.classes], offsetBytes: inputs },
      { name: "innerStep", shape: [], offsetBytes: inputs + labels },
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
