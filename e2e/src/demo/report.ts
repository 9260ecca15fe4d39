/** The demo's report, computed from what the server and the simulation say. Pure. */
import type { Plan, RoundRow, RunDetail, SynthesisView } from "@tributary/protocol";
import type { TwinConfig } from "./demo-plan.ts";

export type ReportRound = {
  readonly round: number;
  readonly participants: number;
  /** On the server's test images, 0..1. */
  readonly accuracyAggregate: number | null;
  /** Null before the synthetic set exists. */
  readonly accuracyRefined: number | null;
  readonly loss: number | null;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly ms: number | null;
};

export type Report = {
  readonly config: { readonly plan: Plan; readonly fedavg: TwinConfig };
  readonly rounds: readonly ReportRound[];
  readonly synthesis: {
    readonly iterations: number;
    /** Mean distance D over the first and the last 20 iterations. */
    readonly distanceFirst: number;
    readonly distanceLast: number;
    readonly backend: string;
    readonly ms: number;
  };
  /** Means over the last 5 rounds. */
  readonly final: { readonly accuracyFedAvg: number; readonly accuracyDynafed: number };
  /** The plain FedAvg run with the same seed and shards, round by round. */
  readonly fedavg: readonly number[];
};

const ENDS = 20;
const LAST_ROUNDS = 5;

/** The report of a finished run. Throws an Error if the run has no finished synthesis, or rounds without an accuracy. */
export function buildReport(detail: RunDetail, fedavgConfig: TwinConfig, fedavg: readonly number[]): Report {
  const { synthesis, summary } = detail;
  if (synthesis?.state !== "done")
    throw new Error(`the synthesis is ${synthesis?.state ?? "missing"}, not done`);
  const rounds = detail.rounds.filter(({ outcome }) => outcome === "aggregated").map(reportRound);
  return {
    config: { plan: summary.plan, fedavg: fedavgConfig },
    rounds,
    synthesis: {
      iterations: synthesis.iterations,
      ...distances(synthesis),
      backend: synthesis.backend ?? "unknown",
      ms: synthesis.ms,
    },
    final: {
      accuracyFedAvg: mean(fedavg.slice(-LAST_ROUNDS)),
      accuracyDynafed: mean(rounds.slice(-LAST_ROUNDS).map(accuracyOf)),
    },
    fedavg,
  };
}

/** The accuracy of the model that the next cohort gets. */
function accuracyOf(round: ReportRound): number {
  const accuracy = round.accuracyRefined ?? round.accuracyAggregate;
  if (accuracy === null) throw new Error(`round ${round.round} has no accuracy`);
  return accuracy;
}

function reportRound(row: RoundRow): ReportRound {
  const { round, participants, accuracyAggregate, accuracyRefined, loss, bytesUp, bytesDown, ms } = row;
  return { round, participants, accuracyAggregate, accuracyRefined, loss, bytesUp, bytesDown, ms };
}

function distances({ distances, iterations }: SynthesisView): {
  distanceFirst: number;
  distanceLast: number;
} {
  const from = distances[0]?.[0] ?? 0;
  const values = (first: number, end: number) =>
    distances.filter(([iteration]) => iteration >= first && iteration < end).map(([, distance]) => distance);
  return {
    distanceFirst: mean(values(from, from + ENDS)),
    distanceLast: mean(values(from + iterations - ENDS, from + iterations)),
  };
}

/** Throws an Error if there are no values. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new Error("the mean of nothing");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
