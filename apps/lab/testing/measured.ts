/** A measurement of two classes that are found equally often. */
import type { Measurement } from "@tributary/protocol";

export function measured(accuracy: number): Measurement {
  return {
    ...{ kind: "classification", examples: 10, loss: 1 - accuracy, accuracy, balancedAccuracy: accuracy },
    ...{ auc: accuracy, recall: [accuracy, accuracy] },
  };
}
