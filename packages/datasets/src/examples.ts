/** Data sets from parsed bytes, and parts of them. Pixels are bytes [N, H, W, C], labels bytes [N]. */
import type { Dataset } from "@tributary/model";
import { parseIdx } from "./idx.ts";

/**
 * A data set from unzipped IDX bytes: images [N, H, W] or [N, H, W, C], labels [N]. Throws an Error that quotes
 * what is wrong: another rank, a label of `classes` or above, two different counts, sides outside 4..512 pixels,
 * more than 4 channels.
 */
export function datasetFromIdx(images: Uint8Array, labels: Uint8Array, classes: number): Dataset {
  const pictures = parseIdx(images);
  const answers = parseIdx(labels);
  const [count = 0, height = 0, width = 0, channels = 1] = pictures.shape;

  if (pictures.shape.length !== 3 && pictures.shape.length !== 4) {
    throw new Error(`expected images [N, H, W] or [N, H, W, C], got shape [${pictures.shape.join(", ")}]`);
  }
  if (height < 4 || height > 512 || width < 4 || width > 512 || channels < 1 || channels > 4) {
    throw new Error(
      `expected images of 4..512 pixels a side and 1..4 channels, got ${height}x${width}x${channels}`,
    );
  }
  if (answers.shape.length !== 1 || answers.shape[0] !== count) {
    throw new Error(`expected ${count} labels, one per image, got shape [${answers.shape.join(", ")}]`);
  }
  const strange = answers.values.findIndex((label) => label >= classes);
  if (strange >= 0) {
    throw new Error(`expected labels below ${classes}, got ${answers.values[strange]} at ${strange}`);
  }
  return {
    image: [height, width, channels],
    classes,
    count,
    pixels: pictures.values,
    labels: answers.values,
  };
}

/** The examples at `indices`, in that order, copied. Throws on an index outside the data set. */
export function takeExamples(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const size = dataset.image[0] * dataset.image[1] * dataset.image[2];
  const pixels = new Uint8Array(indices.length * size);
  const labels = new Uint8Array(indices.length);
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] ?? -1;
    const label = dataset.labels[index];
    if (label === undefined) throw new Error(`expected an example below ${dataset.count}, got ${index}`);
    pixels.set(dataset.pixels.subarray(index * size, (index + 1) * size), at * size);
    labels[at] = label;
  }
  return { ...dataset, count: indices.length, pixels, labels };
}
