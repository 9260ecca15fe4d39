/** Data sets from parsed bytes, and parts of them. Pixels are bytes [N, H, W, C], labels bytes [N]. */
import type { Dataset, ImageDataset } from "@tributary/model";
import { parseIdx } from "./idx.ts";

/**
 * A data set from unzipped IDX bytes: images [N, H, W] or [N, H, W, C], labels [N]. Throws an Error that quotes
 * what is wrong: another rank, a label of `classes` or above, two different counts, sides outside 4..512 pixels,
 * more than 4 channels.
 */
export function datasetFromIdx(images: Uint8Array, labels: Uint8Array, classes: number): ImageDataset {
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
    throw new Error(
      `expected labels below ${classes}, got ${answers.values[strange]} at ${strange}: labels count from 0`,
    );
  }
  return {
    kind: "images",
    image: [height, width, channels],
    classes,
    count,
    pixels: pictures.values,
    labels: answers.values,
  };
}

/** The examples at `indices`, in that order, copied. Throws on an index outside the data set. */
export function takeExamples<Kind extends Dataset>(dataset: Kind, indices: ArrayLike<number>): Kind {
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number;
    if (Number.isInteger(index) && index >= 0 && index < dataset.count) continue;
    throw new Error(`expected an example below ${dataset.count}, got ${index}`);
  }
  return { ...dataset, count: indices.length, ...partOf(dataset, indices) };
}

/** The arrays of a data set, for the examples at `indices` alone. */
function partOf(dataset: Dataset, indices: ArrayLike<number>) {
  switch (dataset.kind) {
    case "images": {
      const size = dataset.image[0] * dataset.image[1] * dataset.image[2];
      return {
        pixels: chosen(dataset.pixels, size, indices, new Uint8Array(indices.length * size)),
        labels: chosen(dataset.labels, 1, indices, new Uint8Array(indices.length)),
      };
    }
    case "rows":
      return {
        rows: chosenRows(dataset, indices),
        labels: chosen(dataset.labels, 1, indices, new Uint8Array(indices.length)),
      };
    case "value-rows":
      return {
        rows: chosenRows(dataset, indices),
        values: chosen(dataset.values, 1, indices, new Float32Array(indices.length)),
      };
    default:
      return dataset satisfies never;
  }
}

function chosenRows(
  { features, rows }: Exclude<Dataset, ImageDataset>,
  indices: ArrayLike<number>,
): Float32Array {
  return chosen(rows, features, indices, new Float32Array(indices.length * features));
}

/** Copies `size` values for each index to `target`, and returns it. */
function chosen<Values extends Uint8Array | Float32Array>(
  values: Values,
  size: number,
  indices: ArrayLike<number>,
  target: Values,
): Values {
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number;
    target.set(values.subarray(index * size, (index + 1) * size), at * size);
  }
  return target;
}
