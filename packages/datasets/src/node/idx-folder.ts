/** Labelled images from a folder of IDX files, under the names that MNIST and similar sets use. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { ImageDataset } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import { datasetFromIdx } from "../examples.ts";
import { parseIdx } from "../idx.ts";

const unzip = promisify(gunzip);

/** Most unzipped bytes of one file: nobody can train on more. */
const MAX_FILE_BYTES = 4_000_000_000;

type Part = "train" | "t10k";
type Kind = "images" | "labels";
type Slot = `${Part}-${Kind}`;

/** train-images-idx3-ubyte.gz, train-images.idx3-ubyte, emnist-letters-train-images-idx3-ubyte */
const idxName = /^(?:.+-)?(train|t10k|test)-(images|labels)[-.]idx\d-ubyte(\.gz)?$/;

/** The usual names, for messages. */
const usualNames: Readonly<Record<Slot, string>> = {
  "train-images": "train-images-idx3-ubyte",
  "train-labels": "train-labels-idx1-ubyte",
  "t10k-images": "t10k-images-idx3-ubyte",
  "t10k-labels": "t10k-labels-idx1-ubyte",
};

/** Whether a folder with files of these names holds IDX files. */
export function holdsIdx(names: readonly string[]): boolean {
  return names.some((name) => idxName.test(name));
}

/**
 * Reads `{train,t10k}-images-idx3-ubyte` and `{train,t10k}-labels-idx1-ubyte`, each with or without `.gz`, also with a dot
 * before `idx`, `test` for `t10k`, and a name before it. `wantedClasses`: how many there are; null: the largest label says it.
 * Throws an Error that quotes the file and what is wrong with it.
 */
export async function readIdxFolder(
  folder: string,
  wantedClasses: number | null = null,
): Promise<{ readonly train: ImageDataset; readonly test: ImageDataset }> {
  const files = await findFiles(folder);
  // One after the other: where several files are wrong, the error always names the first.
  const trainImages = await readIdxFile(folder, files, "train-images");
  const trainLabels = await readIdxFile(folder, files, "train-labels");
  const testImages = await readIdxFile(folder, files, "t10k-images");
  const testLabels = await readIdxFile(folder, files, "t10k-labels");
  const classes = wantedClasses ?? Math.max(classesIn(trainLabels), classesIn(testLabels), 2);
  const train = datasetOf(trainImages, trainLabels, classes);
  const test = datasetOf(testImages, testLabels, classes);
  if (train.image.join("x") !== test.image.join("x")) {
    throw new Error(`${folder}: train holds ${train.image.join("x")} images, t10k ${test.image.join("x")}`);
  }
  return { train, test };
}

type Files = ReadonlyMap<Slot, readonly string[]>;

/** A zipped file goes before a plain one of the same name. */
async function findFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = new Map<Slot, string[]>();
  for (const { name } of entries.filter((entry) => !entry.isDirectory())) {
    const [, part, kind] = idxName.exec(name) ?? [];
    if (part === undefined) continue;
    const slot = `${part === "train" ? "train" : "t10k"}-${kind as Kind}` as const;
    found.set(slot, [...(found.get(slot) ?? []), name]);
  }
  return new Map([...found].map(([slot, names]) => [slot, withoutTwins(names)]));
}

function withoutTwins(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.endsWith(".gz") || !names.includes(`${name}.gz`)).sort();
}

type IdxFile = { readonly path: string; readonly bytes: Uint8Array };

async function readIdxFile(folder: string, files: Files, slot: Slot): Promise<IdxFile> {
  const [name, another] = files.get(slot) ?? [];
  const usual = join(folder, usualNames[slot]);
  if (name === undefined) throw new Error(`expected ${usual}.gz or the same without .gz, found neither`);
  if (another !== undefined)
    throw new Error(`${folder}: expected one ${slot} file, got ${name} and ${another}`);
  const path = join(folder, name);
  const bytes = await readFile(path);
  // 1f 8b starts a gzip file, whatever its name; an IDX file starts with 00 00.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { path, bytes };
  try {
    return { path, bytes: await unzip(bytes, { maxOutputLength: MAX_FILE_BYTES }) };
  } catch (cause) {
    throw new Error(`${path} cannot be unzipped: ${reasonOf(cause)}`, { cause });
  }
}

function classesIn({ path, bytes }: IdxFile): number {
  return within(path, () =>
    parseIdx(bytes).values.reduce((classes, label) => Math.max(classes, label + 1), 0),
  );
}

function datasetOf(images: IdxFile, labels: IdxFile, classes: number): ImageDataset {
  const dataset = within(images.path, () => datasetFromIdx(images.bytes, labels.bytes, classes));
  if (dataset.count === 0) throw new Error(`${images.path}: expected images, got 0`);
  return dataset;
}

/** Puts the file's path before what the parser says. */
function within<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
}
