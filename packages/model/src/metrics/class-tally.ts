/** Metrics of a classification, collected batch by batch. Legend: B examples in a batch, K classes. */
import type { ClassificationMeasurement } from "@tributary/protocol";
import { createClassScores } from "./class-scores.ts";

/** What `createClassTally` collects. */
export type ClassTally = {
  /** Takes logits [B, K] and the labels [B] of their examples. */
  add(logits: Float32Array, labels: Uint8Array): void;
  /** The metrics of everything taken so far; see `ClassificationMeasurement`. */
  metrics(): Pick<ClassificationMeasurement, "auc" | "balancedAccuracy" | "recall">;
};

/** An empty tally for at most `examples` examples of `classes` classes (at least 2). */
export function createClassTally(classes: number, examples: number): ClassTally {
  const scores = createClassScores(classes, examples);
  const [present, found] = [new Float64Array(classes), new Float64Array(classes)];
  const countOne = (counts: Float64Array, label: number) => {
    counts[label] = (counts[label] as number) + 1;
  };
  return {
    add(logits, labels) {
      for (const [row, label] of labels.entries()) {
        scores.add(logits, row * classes, label);
        countOne(present, label);
        if (likeliest(logits, row * classes, classes) === label) countOne(found, label);
      }
    },
    metrics() {
      const recall = Array.from(present, (count, k) => (count === 0 ? null : (found[k] as number) / count));
      const areas = classes === 2 ? [scores.auc(1)] : recall.map((_, k) => scores.auc(k));
      return { auc: meanOf(areas), balancedAccuracy: meanOf(recall) ?? 0, recall };
    },
  };
}

/** The first of the largest logits. */
function likeliest(logits: Float32Array, offset: number, classes: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if ((logits[offset + k] as number) > (logits[offset + best] as number)) best = k;
  }
  return best;
}

/** The mean of the values that are there; null for none. */
function meanOf(values: readonly (number | null)[]): number | null {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
}
