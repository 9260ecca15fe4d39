/** A task's headline over the rounds: on the server's test set, and as the volunteers measured it. Pure. */
import { type FederatedFigure, type Figures, type Headline, headlineIn } from "@tributary/protocol";
import { formatReal, wholePercent } from "./format.ts";

/** What is known of the models of a round; `federated` is about the model of `startRound`. */
export type MeasuredRound = {
  readonly round: number;
  readonly aggregate: Figures | null;
  readonly refined: Figures | null;
  readonly startRound: number;
  readonly federated: FederatedFigure | null;
};

/** One model: the round that made it, 0 for the initial one, and its headline by whoever measured it. */
export type HeadlinePoint = {
  readonly round: number;
  readonly aggregate: number | null;
  readonly refined: number | null;
  readonly volunteers: number | null;
  readonly worstTenth: number | null;
};

/** The models in order of their rounds. Of several measurements of one model the newest counts. */
export function headlinePoints(
  rounds: readonly MeasuredRound[],
  headline: Headline,
): readonly HeadlinePoint[] {
  const points = new Map<number, HeadlinePoint>();
  const add = (round: number, known: Partial<HeadlinePoint>) => {
    const before = points.get(round) ?? noFigures(round);
    points.set(round, { ...before, ...known });
  };
  for (const { round, aggregate, refined, startRound, federated } of rounds) {
    if (aggregate !== null || refined !== null) {
      add(round, { aggregate: headlineIn(aggregate, headline), refined: headlineIn(refined, headline) });
    }
    if (federated === null) continue;
    const volunteers = headlineIn(federated.mean, headline);
    add(startRound, { volunteers, worstTenth: federated.worstTenth });
  }
  return [...points.values()].sort((a, b) => a.round - b.round);
}

function noFigures(round: number): HeadlinePoint {
  return { round, aggregate: null, refined: null, volunteers: null, worstTenth: null };
}

/** What a headline is called, and how it is written. */
export const headlineWords: Readonly<Record<Headline, string>> = {
  accuracy: "accuracy",
  "balanced-accuracy": "balanced accuracy",
  auc: "AUC",
  rmse: "RMSE (standardised)",
  r2: "R²",
};

/** 0.731 as an accuracy is "73 %"; as an AUC it is "0.731". */
export function formatHeadline(value: number, headline: Headline): string {
  return headline === "accuracy" || headline === "balanced-accuracy"
    ? wholePercent(value)
    : formatReal(value);
}

/** The range of the chart's axis; null: that of the values. */
export function headlineRange(headline: Headline): readonly [number, number] | null {
  return headline === "rmse" || headline === "r2" ? null : [0, 1];
}
