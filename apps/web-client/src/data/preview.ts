/** What is shown of a data set before training: counts, and a few images spread over it. */
import type { Dataset } from "@tributary/model";

export function countPerClass(dataset: Dataset): readonly number[] {
  const counts = new Array<number>(dataset.classes).fill(0);
  for (const label of dataset.labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** `count` indices at even distances, the first included. */
export function spreadIndices(examples: number, count: number): readonly number[] {
  const shown = Math.min(examples, count);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * examples) / shown));
}

/** Bytes of one example, as a view. */
export function examplePixels(dataset: Dataset, index: number): Uint8Array {
  const size = dataset.image[0] * dataset.image[1] * dataset.image[2];
  return dataset.pixels.subarray(index * size, (index + 1) * size);
}
