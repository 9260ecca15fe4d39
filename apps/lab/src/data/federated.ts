/** What the volunteers of a round measured on their own examples, as a row of the results says it. Pure. */
import { type Headline, headlineIn, type Measurement } from "@tributary/protocol";
import { federatedFigure } from "@tributary/rounds";

/** The headline of one model over the volunteers. */
export type FederatedHeadline = {
  /** Weighted by examples; of errors the root of the weighted mean square. null: no volunteer's examples have a figure. */
  readonly mean: number | null;
  /** The standard deviation over the volunteers, each counted once. */
  readonly spread: number | null;
  /** The mean of the worst tenth of the volunteers, at least one. */
  readonly worstTenth: number | null;
  /** The loss, weighted by examples. */
  readonly loss: number;
  readonly examples: number;
};

/**
 * The headline of the figure that a live round has of the same measurements; null where nobody measured anything.
 * Volunteers whose examples have no such figure count for the loss alone.
 */
export function federatedHeadline(
  evaluations: readonly Measurement[],
  headline: Headline,
): FederatedHeadline | null {
  const figure = federatedFigure(evaluations, headline);
  if (figure === null) return null;
  const { mean, spread, worstTenth } = figure;
  return { mean: headlineIn(mean, headline), spread, worstTenth, loss: mean.loss, examples: mean.examples };
}
