/** Labelled images from a folder of IDX files, under the four names that MNIST and similar sets use. */
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { ImageDataset } from "@tributary/model";
import { readIfThere, reasonOf } from "@tributary/platform";
import { datasetFromIdx } from "../examples.ts";
import { parseIdx } from "../idx.ts";

const unzip = promisify(gunzip);

/** Most unzipped bytes of one file: nobody can train on more. */
const MAX_FILE_BYTES = 4_000_000_000;

type Part = "train" | "t10k";

/**
 * Reads `{train,t10k}-images-idx3-ubyte` and `{train,t10k}-labels-idx1-ubyte`, each with or without `.gz`. The largest
 * label says how many classes there are. Throws an Error that quotes the file and what is wrong with it.
 */
export async function readIdxFolder(
  folder: string,
): Promise<{ readonly train: ImageDataset; readonly test: ImageDataset }> {
  // One after the other: where several files are wrong, the error always names the first.
  const trainImages = await readIdxFile(folder, "train", "images-idx3");
  const trainLabels = await readIdxFile(folder, "train", "labels-idx1");
  const testImages = await readIdxFile(folder, "t10k", "images-idx3");
  const testLabels = await readIdxFile(folder, "t10k", "labels-idx1");
  const classes = Math.max(classesIn(folder, "train", trainLabels), classesIn(folder, "t10k", testLabels), 2);
  const train = datasetOf(folder, "train", trainImages, trainLabels, classes);
  const test = datasetOf(folder, "t10k", testImages, testLabels, classes);
  if (train.image.join("x") !== test.image.join("x")) {
    throw new Error(`${folder}: train holds ${train.image.join("x")} images, t10k ${test.image.join("x")}`);
  }
  return { train, test };
}

async function readIdxFile(folder: string, part: Part, kind: string): Promise<Uint8Array> {
  const plain = join(folder, `${part}-${kind}-ubyte`);
  const zipped = `${plain}.gz`;
  const bytes = (await readIfThere(zipped)) ?? (await readIfThere(plain));
  if (bytes === null) throw new Error(`expected ${zipped} or the same without .gz, found neither`);
  // 1f 8b starts a gzip file, whatever its name; an IDX file starts with 00 00.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unzip(bytes, { maxOutputLength: MAX_FILE_BYTES });
  } catch (cause) {
    throw new Error(`${zipped} cannot be unzipped: ${reasonOf(cause)}`, { cause });
  }
}

function classesIn(folder: string, part: Part, labels: Uint8Array): number {
  return within(folder, `${part}-labels-idx1-ubyte`, () =>
    parseIdx(labels).values.reduce((classes, label) => Math.max(classes, label + 1), 0),
  );
}

function datasetOf(
  folder: string,
  part: Part,
  images: Uint8Array,
  labels: Uint8Array,
  classes: number,
): ImageDataset {
  const dataset = within(folder, `${part}-images-idx3-ubyte`, () => datasetFromIdx(images, labels, classes));
  if (dataset.count === 0) throw new Error(`${join(folder, part)}: expected images, got 0`);
  return dataset;
}

/** Puts the file's name before what the parser says. */
function within<Value>(folder: string, file: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${join(folder, file)}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
