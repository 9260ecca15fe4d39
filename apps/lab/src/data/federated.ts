/** What the volunteers of a round measured on their own examples, in one figure. Pure. */
import type { Measurement } from "@tributary/protocol";
import { figureIfAny, type Headline, kindOfHeadline } from "./headline.ts";

/** The headline's figures of one model over the volunteers. */
export type FederatedFigure = {
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

/** null where nobody measured anything. Volunteers whose examples have no such figure count for the loss alone. */
export function federatedFigure(
  evaluations: readonly Measurement[],
  headline: Headline,
): FederatedFigure | null {
  if (evaluations.length === 0) return null;
  const examples = evaluations.reduce((sum, one) => sum + one.examples, 0);
  const loss = evaluations.reduce((sum, one) => sum + one.loss * one.examples, 0) / examples;
  const figures = evaluations.flatMap((one) => {
    const figure = figureIfAny(one, headline);
    return figure === null ? [] : [{ figure, weight: one.examples }];
  });
  if (figures.length === 0) return { mean: null, spread: null, worstTenth: null, loss, examples };
  const { rises } = kindOfHeadline(headline);
  const values = figures
    .map(({ figure }) => figure)
    .sort((one, other) => (rises ? one - other : other - one));
  const center = meanOf(values);
  return {
    mean:
      headline === "rmse"
        ? Math.sqrt(weighted(figures, (error) => error ** 2))
        : weighted(figures, (figure) => figure),
    spread: Math.sqrt(meanOf(values.map((value) => (value - center) ** 2))),
    worstTenth: meanOf(values.slice(0, Math.ceil(values.length / 10))),
    ...{ loss, examples },
  };
}

function weighted(
  figures: readonly { readonly figure: number; readonly weight: number }[],
  of: (figure: number) => number,
): number {
  const weights = figures.reduce((sum, { weight }) => sum + weight, 0);
  return figures.reduce((sum, { figure, weight }) => sum + of(figure) * weight, 0) / weights;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
