/** The figure that stands for a model: which one a task asks for, and how it is written. */
import { type Headline, headlineIn, type Measurement } from "@tributary/protocol";

/** Names of figures in files. */
export type Metric = "accuracy" | "balancedAccuracy" | "auc" | "rmse" | "r2";

type Kind = {
  readonly metric: Metric;
  readonly words: string;
  /** Whether a larger figure is a better one. */
  readonly rises: boolean;
  /** Shown in percent; otherwise with three digits. */
  readonly isShare: boolean;
};

const kinds: Readonly<Record<Headline, Kind>> = {
  accuracy: { metric: "accuracy", words: "accuracy", rises: true, isShare: true },
  "balanced-accuracy": {
    metric: "balancedAccuracy",
    words: "balanced accuracy",
    rises: true,
    isShare: true,
  },
  auc: { metric: "auc", words: "area under the ROC curve", rises: true, isShare: false },
  rmse: {
    metric: "rmse",
    words: "root mean squared error in standard deviations of the target",
    rises: false,
    isShare: false,
  },
  r2: { metric: "r2", words: "R squared", rises: true, isShare: false },
};

/** Every headline. */
export const HEADLINES = [
  "accuracy",
  "balanced-accuracy",
  "auc",
  "rmse",
  "r2",
] as const satisfies readonly Headline[];

/** What is known of a headline. */
export function kindOfHeadline(headline: Headline): Kind {
  return kinds[headline];
}

/** The headline's figure. Throws where the examples have none. */
export function figureOf(measurement: Measurement, headline: Headline): number {
  const figure = headlineIn(measurement, headline);
  if (figure === null) {
    throw new Error(`expected a figure for ${headline}, got none on ${measurement.examples} examples`);
  }
  return figure;
}

/** All figures of a measurement but its loss. */
export function metricsOf(measurement: Measurement) {
  switch (measurement.kind) {
    case "classification": {
      const { accuracy, balancedAccuracy, auc } = measurement;
      return { accuracy, balancedAccuracy, auc };
    }
    case "regression": {
      const { rmse, r2 } = measurement;
      return { rmse, r2 };
    }
    default:
      return measurement satisfies never;
  }
}

/** The better of two figures. */
export function betterOf(headline: Headline, one: number, other: number): number {
  return kinds[headline].rises ? Math.max(one, other) : Math.min(one, other);
}

/** Whether a figure is as good as a target. */
export function reaches(headline: Headline, figure: number, target: number): boolean {
  return kinds[headline].rises ? figure >= target : figure <= target;
}

/** "63.1 %" or "0.712". */
export function figureWords(headline: Headline, figure: number): string {
  return kinds[headline].isShare ? `${(figure * 100).toFixed(1)} %` : figure.toFixed(3);
}
