/** How many examples a data set has, of each class and in each part. */
import { type Dataset, type HoldOut, type HoldOutRule, holdOut } from "@tributary/model";

/** `classes` is empty for rows with a number to predict. */
export type DataSummary = {
  readonly count: number;
  /** Examples that are never trained on. */
  readonly held: number;
  readonly classes: readonly ClassSize[];
};

/** `count` includes `held`. */
export type ClassSize = { readonly count: number; readonly held: number };

/** Counts the examples of each class, and those of them that the rule holds out. */
export function summaryOf(dataset: Dataset, rule: HoldOutRule): DataSummary {
  const parts: HoldOut = holdOut(dataset, rule);
  const held = parts.held.length;
  if (dataset.kind === "value-rows") return { count: dataset.count, held, classes: [] };
  const sizes = Array.from({ length: dataset.classes }, () => ({ count: 0, held: 0 }));
  const sizeAt = (example: number) => sizes[dataset.labels[example] as number] as (typeof sizes)[number];
  for (const example of parts.train) sizeAt(example).count++;
  for (const example of parts.held) {
    sizeAt(example).count++;
    sizeAt(example).held++;
  }
  return { count: dataset.count, held, classes: sizes };
}

/** For each class the places of at most `most` examples, at even distances over all of that class. */
export function spreadPerClass(
  labels: Uint8Array,
  classes: number,
  most: number,
): readonly (readonly number[])[] {
  const places: number[][] = Array.from({ length: classes }, () => []);
  for (const [at, label] of labels.entries()) places[label]?.push(at);
  return places.map((all) => spreadIndices(all.length, most).map((index) => all[index] as number));
}

/** `count` indices at even distances, the first included. */
export function spreadIndices(examples: number, count: number): readonly number[] {
  const shown = Math.min(examples, count);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * examples) / shown));
}
