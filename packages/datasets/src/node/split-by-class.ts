/** A test set for data that has none. */
import { createRng, deriveSeed, type ImageDataset, permutation } from "@tributary/model";
import { takeExamples } from "../examples.ts";

/** As in Fashion-MNIST, with 60,000 and 10,000 images. */
const TEST_SHARE = 1 / 7;
const SPLIT_SEED = deriveSeed(0, "image-folder");

/**
 * Gives a seventh of each class, at least one example, to the test set. A class of one example keeps it for training. The
 * split does not depend on a run's seed, so that all runs are tested on the same examples. Throws where no class has two.
 */
export function splitByClass(whole: ImageDataset): {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
} {
  const [train, test]: [number[], number[]] = [[], []];
  for (let label = 0; label < whole.classes; label++) {
    const members = [...whole.labels.keys()].filter((at) => whole.labels[at] === label);
    const order = permutation(members.length, createRng(deriveSeed(SPLIT_SEED, "class", label)));
    const tested = members.length < 2 ? 0 : Math.max(1, Math.round(members.length * TEST_SHARE));
    for (const [place, at] of order.entries()) (place < tested ? test : train).push(members[at] as number);
  }
  if (test.length === 0) {
    throw new Error(
      `expected 2 images of a class to split off a test set, got ${whole.count} of as many classes`,
    );
  }
  const ascending = (indices: number[]) => takeExamples(whole, Uint32Array.from(indices).sort());
  return { train: ascending(train), test: ascending(test) };
}
