/** How good a round's volunteers found the model that they started from. Pure. */
import { type FederatedFigure, type Figures, type Headline, headlineIn } from "@tributary/protocol";

type Of<Kind extends Figures["kind"]> = Extract<Figures, { readonly kind: Kind }>;
type Weighted = { readonly examples: number };

/**
 * Every metric weighted by examples: sum(n_i m_i) / sum(n_i) over the volunteers whose metric is defined, and
 * rmse = sqrt(sum(n_i rmse_i^2) / sum(n_i)). Spread and worst tenth count every volunteer once. Null: nobody measured.
 * @param evaluations one of each volunteer, all of one kind
 */
export function federatedFigure(evaluations: readonly Figures[], headline: Headline): FederatedFigure | null {
  const mean = meanOf(evaluations);
  if (mean === null) return null;
  const headlines = evaluations.flatMap((each) => headlineIn(each, headline) ?? []);
  return { volunteers: evaluations.length, headline, mean, ...evenness(headlines, headline === "rmse") };
}

function meanOf(evaluations: readonly Figures[]): Figures | null {
  const classes = evaluations.filter((each) => each.kind === "classification");
  if (classes.length > 0) return meanClassification(classes);
  const values = evaluations.filter((each) => each.kind === "regression");
  return values.length > 0 ? meanRegression(values) : null;
}

function meanClassification(all: readonly Of<"classification">[]): Figures {
  return {
    kind: "classification",
    examples: examplesOf(all),
    loss: weighted(all, ({ loss }) => loss) ?? 0,
    accuracy: weighted(all, ({ accuracy }) => accuracy) ?? 0,
    balancedAccuracy: weighted(all, ({ balancedAccuracy }) => balancedAccuracy) ?? 0,
    auc: weighted(all, ({ auc }) => auc),
  };
}

function meanRegression(all: readonly Of<"regression">[]): Figures {
  return {
    kind: "regression",
    examples: examplesOf(all),
    loss: weighted(all, ({ loss }) => loss) ?? 0,
    rmse: Math.sqrt(weighted(all, ({ rmse }) => rmse ** 2) ?? 0),
    r2: weighted(all, ({ r2 }) => r2),
  };
}

function examplesOf(all: readonly Weighted[]): number {
  return all.reduce((sum, { examples }) => sum + examples, 0);
}

/** Null: defined for nobody. */
function weighted<Each extends Weighted>(
  all: readonly Each[],
  metric: (each: Each) => number | null,
): number | null {
  const defined = all.flatMap((each) => {
    const value = metric(each);
    return value === null ? [] : [{ examples: each.examples, value }];
  });
  if (defined.length === 0) return null;
  const total = examplesOf(defined);
  const sum = defined.reduce((before, { examples, value }) => before + (examples / total) * value, 0);
  return within(
    sum,
    defined.map(({ value }) => value),
  );
}

/** A mean lies between the smallest and the largest value. Rounding may carry a sum just past them, and past 1. */
function within(mean: number, values: readonly number[]): number {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return Math.min(most, Math.max(least, mean));
}

/** `worstIsLargest`: of errors, the largest is the worst. */
function evenness(
  values: readonly number[],
  worstIsLargest: boolean,
): Pick<FederatedFigure, "spread" | "worstTenth"> {
  if (values.length === 0) return { spread: null, worstTenth: null };
  const mean = plainMean(values);
  const worstFirst = values.toSorted((a, b) => (worstIsLargest ? b - a : a - b));
  return {
    spread: Math.sqrt(plainMean(values.map((value) => (value - mean) ** 2))),
    worstTenth: plainMean(worstFirst.slice(0, Math.ceil(values.length / 10))),
  };
}

function plainMean(values: readonly number[]): number {
  return within(
    values.reduce((sum, value) => sum + value / values.length, 0),
    values,
  );
}
