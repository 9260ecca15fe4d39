/** The preview of a data set before training: its counts, and a few images from all over it. */
import type { ImageDataset } from "@tributary/model";

/** The number of examples of each class. */
export function countPerClass(dataset: ImageDataset): readonly number[] {
  const counts = new Array<number>(dataset.classes).fill(0);
  for (const label of dataset.labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** `count` indices at even distances, the first included. */
export function spreadIndices(examples: number, count: number): readonly number[] {
  const shown = Math.min(examples, count);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * examples) / shown));
}

/** A view of the bytes of one example. */
export function examplePixels(dataset: ImageDataset, index: number): Uint8Array {
  const size = dataset.image[0] * dataset.image[1] * dataset.image[2];
  return dataset.pixels.subarray(index * size, (index + 1) * size);
}
