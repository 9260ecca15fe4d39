import type { ClassificationMeasurement } from "../src/measurement.ts";

/** A measurement for tests that care for accuracy and loss. */
export function measured(
  accuracy: number,
  loss: number,
  changes: Partial<ClassificationMeasurement> = {},
): ClassificationMeasurement {
  return {
    kind: "classification",
    examples: 100,
    loss,
    accuracy,
    balancedAccuracy: accuracy,
    auc: null,
    recall: [accuracy, null],
    ...changes,
  };
}
