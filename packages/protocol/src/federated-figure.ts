/** What a round's volunteers measured together. Schema first, type derived. */
import { type Static, Type } from "typebox";
import { Figures } from "./measurement.ts";
import { Count, exact, orNull } from "./schema-parts.ts";
import { ClassificationHeadline, RegressionHeadline } from "./task/texts.ts";

/** The figure that pages show first for a task. */
export const Headline = Type.Union([...ClassificationHeadline.anyOf, ...RegressionHeadline.anyOf]);
export type Headline = Static<typeof Headline>;

/**
 * The model that a round started from, measured by its volunteers, each on the examples that it holds out. How even the
 * model is over them is said by the task's headline.
 */
export const FederatedFigure = exact({
  volunteers: Count,
  headline: Headline,
  /** Weighted by held-out examples, of which `examples` is the sum. The squared errors behind `rmse` are pooled. */
  mean: Figures,
  /** Standard deviation of the headline over the volunteers; null where nobody's headline is defined. */
  spread: orNull(Type.Number({ minimum: 0 })),
  /** Mean headline of the worst tenth of the volunteers, rounded up. */
  worstTenth: orNull(Type.Number()),
});
export type FederatedFigure = Static<typeof FederatedFigure>;

/** The headline among a model's figures; null: nobody measured them, it is not defined, or they are of another kind of task. */
export function headlineIn(figures: Figures | null, headline: Headline): number | null {
  if (figures === null) return null;
  if (figures.kind === "regression") {
    return headline === "rmse" ? figures.rmse : headline === "r2" ? figures.r2 : null;
  }
  switch (headline) {
    case "accuracy":
      return figures.accuracy;
    case "balanced-accuracy":
      return figures.balancedAccuracy;
    case "auc":
      return figures.auc;
    case "rmse":
    case "r2":
      return null;
    default:
      return headline satisfies never;
  }
}
