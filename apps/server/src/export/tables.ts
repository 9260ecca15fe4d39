/** The exported tables. Their column names are a promise to notebooks: columns are added at the end, never renamed. */

import type { Cell, Table } from "@tributary/platform";
import type { Figures, RoundRow } from "@tributary/protocol";
import type { ParticipationRow } from "@tributary/storage";

/** The figures of a round's row that hold several values: each value gets a column of its own. */
type Nested = "figuresAggregate" | "figuresRefined" | "federated";
type PlainRoundColumn = Exclude<keyof RoundRow, Nested>;

const plainRoundColumns = [
  "round",
  "outcome",
  "participants",
  "asked",
  "refused",
  "examples",
  "loss",
  "accuracyAggregate",
  "lossAggregate",
  "accuracyRefined",
  "lossRefined",
  "bytesUp",
  "bytesDown",
  "ms",
  "startSnapshot",
  "aggregateSnapshot",
  "refinedSnapshot",
  "startedAt",
  "closedAt",
  "startRound",
] as const satisfies readonly PlainRoundColumn[];

export const roundColumns = [
  ...plainRoundColumns,
  "balancedAccuracyAggregate",
  "aucAggregate",
  "rmseAggregate",
  "r2Aggregate",
  "balancedAccuracyRefined",
  "aucRefined",
  "rmseRefined",
  "r2Refined",
  // Of the model of `startRound`, by the round's volunteers.
  "volunteersFederated",
  "examplesFederated",
  "lossFederated",
  "accuracyFederated",
  "balancedAccuracyFederated",
  "aucFederated",
  "rmseFederated",
  "r2Federated",
  "headlineFederated",
  "spreadFederated",
  "worstTenthFederated",
] as const;
type RoundColumn = (typeof roundColumns)[number];

const plainParticipationColumns = [
  "round",
  "volunteer",
  "outcome",
  "examples",
  "loss",
  "accuracy",
  "trainingMs",
  "updateHash",
  "reason",
  "bytesUp",
  "bytesDown",
] as const satisfies readonly (keyof ParticipationRow)[];

export const participationColumns = [
  ...plainParticipationColumns,
  // Of the round's start, on what the volunteer holds out.
  "examplesHeldOut",
  "lossHeldOut",
  "accuracyHeldOut",
  "balancedAccuracyHeldOut",
  "aucHeldOut",
  "rmseHeldOut",
  "r2HeldOut",
] as const;
type ParticipationColumn = (typeof participationColumns)[number];

export function roundsTable(rows: readonly RoundRow[]): Table<RoundColumn> {
  return { columns: roundColumns, rows: rows.map(roundCells) };
}

export function participationsTable(rows: readonly ParticipationRow[]): Table<ParticipationColumn> {
  return { columns: participationColumns, rows: rows.map(participationCells) };
}

function roundCells({ figuresAggregate, figuresRefined, federated, ...row }: RoundRow) {
  const aggregate = metrics(figuresAggregate);
  const refined = metrics(figuresRefined);
  const mean = metrics(federated?.mean ?? null);
  return {
    ...row,
    ...named(aggregate, "Aggregate"),
    ...named(refined, "Refined"),
    volunteersFederated: federated?.volunteers ?? null,
    examplesFederated: mean.examples,
    lossFederated: mean.loss,
    accuracyFederated: mean.accuracy,
    ...named(mean, "Federated"),
    headlineFederated: federated?.headline ?? null,
    spreadFederated: federated?.spread ?? null,
    worstTenthFederated: federated?.worstTenth ?? null,
  };
}

function participationCells({ evaluation, ...row }: ParticipationRow) {
  const held = metrics(evaluation);
  return {
    ...row,
    examplesHeldOut: held.examples,
    lossHeldOut: held.loss,
    accuracyHeldOut: held.accuracy,
    ...named(held, "HeldOut"),
  };
}

type Metric = "balancedAccuracy" | "auc" | "rmse" | "r2";
type Metrics = Readonly<Record<Metric | "examples" | "loss" | "accuracy", number | null>>;

const noMetrics: Metrics = {
  ...{ examples: null, loss: null, accuracy: null, balancedAccuracy: null, auc: null, rmse: null, r2: null },
};

/** Those that the kind of task does not have are null. */
function metrics(figures: Figures | null): Metrics {
  return { ...noMetrics, ...figures };
}

/** The metrics that no earlier column has, under their column's names. */
function named<Suffix extends string>(
  { balancedAccuracy, auc, rmse, r2 }: Metrics,
  suffix: Suffix,
): Record<`${Metric}${Suffix}`, Cell> {
  const entries = Object.entries({ balancedAccuracy, auc, rmse, r2 });
  return Object.fromEntries(entries.map(([name, value]) => [`${name}${suffix}`, value])) as Record<
    `${Metric}${Suffix}`,
    Cell
  >;
}
