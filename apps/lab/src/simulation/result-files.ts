/** The files that a simulation leaves. Only `seconds` in summary.json depends on the clock. */

import { formatCsv } from "@tributary/platform";
import { encodeValues, type Headline } from "@tributary/protocol";
import { betterOf, figureOf } from "../data/headline.ts";
import { roundsCsv } from "./round-rows.ts";
import {
  measuredAfter,
  type SimulatedRefusal,
  type SimulatedRound,
  type SimulationResult,
} from "./simulated-run.ts";

/** A file to be written, by name. */
export type ResultFile = { readonly name: string; readonly content: string | Uint8Array };

/**
 * summary.json and the tables; for a run with a synthesis also synthesis.json and synthetic-set.bin.
 * `more`: further fields of summary.json.
 */
export function resultFiles(
  result: SimulationResult,
  measured: { readonly headline: Headline; readonly seconds: number; readonly backend: string },
  more: object = {},
): readonly ResultFile[] {
  const { rounds, refusals, synthesis } = result;
  const counts = { refusedUpdates: refusals.length, abandonedRounds: abandonedRounds(rounds) };
  const { headline, seconds } = measured;
  const summary = { ...summarize(rounds, headline), seconds, ...counts, ...more };
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

/** A refusal in one line. */
export function refusalWords({ round, volunteer, reason, detail }: SimulatedRefusal): string {
  return `round ${round}, ${volunteer}: ${reason}, ${detail}`;
}

/** A run ends with an aggregated round. Every number below the last row's that has no row was abandoned. */
function abandonedRounds(rounds: readonly SimulatedRound[]): number {
  return (rounds.at(-1)?.round ?? 0) - rounds.length;
}

/** What the rounds of a run come to. */
export type RunFigures = {
  readonly headline: Headline;
  readonly final: number;
  readonly last20Mean: number;
  readonly last20Std: number;
  readonly best: number;
};

/**
 * The headline's figures of the models that the rounds end with, on the test examples. The last rounds are twenty, or the
 * last half of a run that is shorter than forty. The deviation is the population's. Throws where there is no round.
 */
export function summarize(rounds: readonly SimulatedRound[], headline: Headline): RunFigures {
  const figures = rounds.map((round) => figureOf(measuredAfter(round), headline));
  const tail = figures.slice(-Math.min(20, Math.ceil(figures.length / 2)));
  const mean = tail.reduce((sum, value) => sum + value, 0) / tail.length;
  const variance = tail.reduce((sum, value) => sum + (value - mean) ** 2, 0) / tail.length;
  return {
    headline,
    final: figures.at(-1) ?? Number.NaN,
    last20Mean: mean,
    last20Std: Math.sqrt(variance),
    best: figures.reduce((best, figure) => betterOf(headline, best, figure)),
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
