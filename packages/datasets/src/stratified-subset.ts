/** Parts of a data set in which every class keeps its share. */
import type { Dataset, LabelledDataset } from "@tributary/model";
import { takeExamples } from "./examples.ts";

/**
 * `count` examples in file order, the first of each class. Classes keep their shares of the data set; see
 * `stratifiedShares`. Rows with numbers are taken at even distances. Throws where `count` is not a whole number from 1 to the
 * number of examples.
 */
export function subsetOf<Kind extends Dataset>(dataset: Kind, count: number): Kind {
  return count === dataset.count ? dataset : takeExamples(dataset, subsetIndices(dataset, count));
}

/** The places of the examples of `subsetOf`, ascending. Throws as it does. */
export function subsetIndices(dataset: Dataset, count: number): Uint32Array {
  if (dataset.kind !== "value-rows") return stratifiedIndices(dataset, count);
  requireCount(dataset, count);
  return Uint32Array.from({ length: count }, (_, at) => Math.floor((at * dataset.count) / count));
}

function stratifiedIndices(dataset: LabelledDataset, count: number): Uint32Array {
  requireCount(dataset, count);
  const left = [...stratifiedShares(classSizes(dataset), count)];
  const indices: number[] = [];
  for (const [index, label] of dataset.labels.entries()) {
    const more = left[label] ?? 0;
    if (more === 0) continue;
    left[label] = more - 1;
    indices.push(index);
  }
  return Uint32Array.from(indices);
}

function requireCount(dataset: Dataset, count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > dataset.count) {
    throw new Error(`expected 1..${dataset.count} examples, got ${count}`);
  }
}

/** How many examples each class has. */
export function classSizes({
  labels,
  classes,
}: Pick<LabelledDataset, "labels" | "classes">): readonly number[] {
  const sizes = new Array<number>(classes).fill(0);
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1;
  return sizes;
}

/**
 * `count`, at most their sum, shared among classes of these sizes by the largest remainder: floor(count size / sum) each,
 * and one more for the largest remainders, the lower label first where they are equal. A class with examples gets at least
 * one where `count` allows one for each; the largest share gives it. Equal sizes give equal shares.
 */
export function stratifiedShares(sizes: readonly number[], count: number): readonly number[] {
  const sum = sizes.reduce((a, b) => a + b, 0);
  const shares = sizes.map((size) => Math.floor((count * size) / sum));
  const remainders = sizes.map((size, label) => ({ label, rest: (count * size) % sum }));
  const missing = count - shares.reduce((a, b) => a + b, 0);
  const first = remainders.sort((a, b) => b.rest - a.rest || a.label - b.label).slice(0, missing);
  for (const { label } of first) add(shares, label, 1);
  const present = sizes.filter((size) => size > 0).length;
  return count < present ? shares : withEveryClass(sizes, shares);
}

/** Moves one example from the largest share, the lower label first, to each class with examples and no share. */
function withEveryClass(sizes: readonly number[], shares: number[]): readonly number[] {
  for (const [label, size] of sizes.entries()) {
    if (size === 0 || shares[label] !== 0) continue;
    add(shares, shares.indexOf(Math.max(...shares)), -1);
    add(shares, label, 1);
  }
  return shares;
}

function add(shares: number[], label: number, more: number): void {
  shares[label] = (shares[label] ?? 0) + more;
}
