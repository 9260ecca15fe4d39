/** The finished runs of an experiment's folder, and the rows of its table. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Headline } from "@tributary/protocol";
import { Type } from "typebox";
import { kindOfHeadline, reaches } from "../data/headline.ts";
import { type Split, splitWords } from "../data/split.ts";
import { readChecked } from "../run/json-file.ts";
import { ManifestOutline, type RunManifest } from "../run/manifest.ts";
import { MANIFEST, readRounds, readSummary, type Summary } from "../run/run-files.ts";
import type { RoundRow } from "../simulation/round-rows.ts";

/** The manifest of a run that is one of an experiment's. */
export type ExperimentManifest = RunManifest & {
  readonly preset: string;
  readonly scale: string;
  readonly method: string;
};

const Outline = Type.Object({
  method: Type.String(),
  ...ManifestOutline.properties,
});

/** A run's folder and what was read from it. */
export type FinishedRun = {
  readonly folder: string;
  readonly manifest: ExperimentManifest;
  readonly rounds: readonly RoundRow[];
  readonly summary: Summary;
};

/** One method with one split. The figures are the headline's. */
export type TableRow = {
  readonly split: Split;
  readonly headline: Headline;
  readonly method: string;
  readonly seeds: readonly number[];
  readonly final: Spread;
  readonly last20: Spread;
  /** Mean over seeds of the standard deviation within the last 20 rounds. */
  readonly calm: number;
  readonly best: Spread;
  /** For each target: the mean of the first rounds that reach it, over the `seeds` seeds that do. */
  readonly targets: readonly Reached[];
  /** Means over seeds of the seconds of a run's own work. */
  readonly seconds: number;
  readonly synthesisSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
};

/** Mean and sample standard deviation over seeds; `std` is null for one seed. */
export type Spread = { readonly mean: number; readonly std: number | null };
/** `round` null: no seed reaches the target. */
export type Reached = { readonly target: number; readonly round: number | null; readonly seeds: number };

/**
 * The finished runs by split, method and seed: methods in the order of `order`, others after them by name. Runs whose
 * manifest, summary or rounds are damaged are left out, and `note` hears of each.
 */
export async function readResults(
  runsFolder: string,
  order: readonly string[],
  note: (text: string) => void,
): Promise<readonly FinishedRun[]> {
  const names = await readdir(runsFolder).catch(() => []);
  const runs: FinishedRun[] = [];
  for (const name of names.sort()) {
    const folder = join(runsFolder, name);
    const leaveOut = (error: Error) => {
      note(`${error.message}; the run is left out`);
      return null;
    };
    const manifest = await readChecked<ExperimentManifest>(join(folder, MANIFEST), Outline).catch(leaveOut);
    const summary = await readSummary(folder).catch(leaveOut);
    if (manifest === null || summary === null) continue;
    const rounds = await readRounds(folder).catch(leaveOut);
    if (rounds !== null) runs.push({ folder, manifest, summary, rounds });
  }
  const place = ({ manifest: { method } }: FinishedRun) =>
    order.includes(method) ? order.indexOf(method) : order.length;
  return runs.sort(
    (a, b) =>
      bySplit(a.manifest.split, b.manifest.split) ||
      place(a) - place(b) ||
      a.manifest.method.localeCompare(b.manifest.method) ||
      a.manifest.seed - b.manifest.seed,
  );
}

/** Dirichlet splits first, in order of alpha. */
function bySplit(one: Split, other: Split): number {
  const [a, b] = [one, other].map((split) =>
    split.kind === "dirichlet" ? split.alpha : Number.POSITIVE_INFINITY,
  ) as [number, number];
  return a === b ? splitWords(one).localeCompare(splitWords(other)) : a - b;
}

/** The runs of one method with one split, in the order of `runs`. */
export type Group = {
  readonly split: Split;
  readonly method: string;
  readonly runs: readonly FinishedRun[];
};

/** The runs by split and method, in the order in which these come first. */
export function groupsOf(runs: readonly FinishedRun[]): readonly Group[] {
  const groups = new Map<string, FinishedRun[]>();
  for (const run of runs) {
    const key = keyOf(run);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((members) => {
    const { split, method } = (members[0] as FinishedRun).manifest;
    return { split, method, runs: members };
  });
}

/** The same for runs of one group. */
export function keyOf({ manifest: { split, method } }: FinishedRun): string {
  return JSON.stringify([splitWords(split), method]);
}

/** The headline's figure of a round's last model. */
export function figureOfRow(row: RoundRow, headline: Headline): number {
  const figures: Readonly<Record<string, number | null>> = row;
  return figures[kindOfHeadline(headline).metric] ?? Number.NaN;
}

/** A row for each method and split. */
export function tableRows(runs: readonly FinishedRun[], targets: readonly number[]): readonly TableRow[] {
  return groupsOf(runs).map(({ split, method, runs: members }) => {
    const over = (pick: (run: FinishedRun) => number) => members.map(pick);
    return {
      split,
      headline: headlineOf(members),
      method,
      seeds: members.map(({ manifest }) => manifest.seed),
      final: spread(over(({ summary }) => summary.final)),
      last20: spread(over(({ summary }) => summary.last20Mean)),
      calm: mean(over(({ summary }) => summary.last20Std)),
      best: spread(over(({ summary }) => summary.best)),
      targets: targets.map((target) => reached(members, target)),
      seconds: mean(over(({ summary }) => summary.seconds)),
      synthesisSeconds: mean(over(({ summary }) => summary.spent.synthesize)),
      cpuSeconds: mean(over(({ summary }) => summary.cpuSeconds)),
      peakMemoryBytes: Math.max(...over(({ summary }) => summary.peakMemoryBytes)),
    };
  });
}

/** The headline of runs of one task; accuracy where there are none. */
export function headlineOf(runs: readonly FinishedRun[]): Headline {
  return runs[0]?.summary.headline ?? "accuracy";
}

function reached(runs: readonly FinishedRun[], target: number): Reached {
  const headline = headlineOf(runs);
  const rounds = runs.flatMap(
    ({ rounds }) => rounds.find((row) => reaches(headline, figureOfRow(row, headline), target))?.round ?? [],
  );
  return { target, round: rounds.length === 0 ? null : mean(rounds), seeds: rounds.length };
}

/** The mean, and the sample's standard deviation (n - 1). */
export function spread(values: readonly number[]): Spread {
  const center = mean(values);
  if (values.length < 2) return { mean: center, std: null };
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return { mean: center, std: Math.sqrt(squares / (values.length - 1)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
