/** How good a model is on labelled examples. Schema first, type derived. */
import { type Static, Type } from "typebox";
import { exact, orNull } from "./schema-parts.ts";

const Examples = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const Loss = Type.Number({ minimum: 0 });

const classificationFigures = {
  kind: Type.Literal("classification"),
  examples: Examples,
  /** Mean cross-entropy. */
  loss: Loss,
  /** Share of the examples whose likeliest class is theirs. */
  accuracy: Share,
  /** The mean of the classes' recall over those that have examples. */
  balancedAccuracy: Share,
  /**
   * Area under the ROC curve by the probability of a class, ties counted half. With two classes that of the second;
   * with more the mean over the classes, each against the rest. Null where no class has examples beside others'.
   */
  auc: orNull(Share),
};

/** Of a model that tells classes apart. */
export const ClassificationMeasurement = exact({
  ...classificationFigures,
  /** For each class the share of its examples that are found; null for a class without examples. */
  recall: Type.Array(orNull(Share), { minItems: 2, maxItems: 1000 }),
});
export type ClassificationMeasurement = Static<typeof ClassificationMeasurement>;

/** Of a model that predicts a number. */
export const RegressionMeasurement = exact({
  kind: Type.Literal("regression"),
  examples: Examples,
  /** Mean of (prediction - target)^2 / 2, in standardised units. */
  loss: Loss,
  /** Root of the mean squared error, in standardised units: times the target's deviation it is in the target's own. */
  rmse: Type.Number({ minimum: 0 }),
  /** 1 - squared error / squared deviation from the mean of these targets; null where all targets are alike. */
  r2: orNull(Type.Number({ maximum: 1 })),
});
export type RegressionMeasurement = Static<typeof RegressionMeasurement>;

/** A model's loss and metrics on a set of examples. */
export const Measurement = Type.Union([ClassificationMeasurement, RegressionMeasurement]);
export type Measurement = Static<typeof Measurement>;

/** A measurement without the recall of each class: as many figures for every task. */
export const Figures = Type.Union([exact(classificationFigures), RegressionMeasurement]);
export type Figures = Static<typeof Figures>;
