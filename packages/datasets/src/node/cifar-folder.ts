/** CIFAR-10 and CIFAR-100 from a folder of their binary files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDataset } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import type { Preprocessing } from "@tributary/protocol";
import { parseCifar10, parseCifar100 } from "../cifar.ts";
import { cifar10ClassNames, cifar100ClassNames } from "../cifar-names.ts";

/** What tells the two apart. `preprocessing`: mean and deviation over all channels of the training images. */
type Version = {
  readonly train: readonly string[];
  readonly test: string;
  /** Images in each file of `train`, and in `test`. */
  readonly images: readonly [train: number, test: number];
  readonly parse: (bytes: Uint8Array) => ImageDataset;
  readonly classNames: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Files of the version for Python, which are pickled. */
  readonly pickled: readonly string[];
};

const versions: readonly Version[] = [
  {
    train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
    test: "test_batch.bin",
    images: [10_000, 10_000],
    parse: parseCifar10,
    classNames: cifar10ClassNames,
    // Means per channel: .4914, .4822, .4465.
    preprocessing: inEachChannel(0.4734, 0.2516),
    pickled: ["data_batch_1", "test_batch"],
  },
  {
    train: ["train.bin"],
    test: "test.bin",
    images: [50_000, 10_000],
    parse: parseCifar100,
    classNames: cifar100ClassNames,
    // Means per channel: .5071, .4865, .4409.
    preprocessing: inEachChannel(0.4782, 0.2682),
    pickled: ["train", "test"],
  },
];

function inEachChannel(mean: number, std: number): Preprocessing {
  return { mean: [mean, mean, mean], std: [std, std, std] };
}

/** CIFAR, read. `notes`: files that are shorter or longer than published. */
export type CifarFolder = {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  readonly classNames: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly notes: readonly string[];
};

/** Whether a folder with files of these names holds a CIFAR, also one that is pickled. */
export function holdsCifar(fileNames: readonly string[]): boolean {
  return versionOf(fileNames) !== undefined;
}

function versionOf(fileNames: readonly string[]): Version | undefined {
  const has = (name: string | undefined) => name !== undefined && fileNames.includes(name);
  return versions.find(({ train, pickled }) => has(train[0]) || pickled.every(has));
}

/**
 * Reads `data_batch_1.bin` .. `data_batch_5.bin` and `test_batch.bin`, or `train.bin` and `test.bin`, all of which must be
 * there. `fileNames`: the folder's. Throws an Error that quotes the file and what is wrong with it.
 */
export async function readCifarFolder(folder: string, fileNames: readonly string[]): Promise<CifarFolder> {
  const version = versionOf(fileNames);
  if (version === undefined) throw new Error(`${folder}: expected CIFAR's binary files, got none`);
  const { train, test, parse, images, classNames, preprocessing, pickled } = version;
  if (!fileNames.includes(train[0] ?? "")) {
    throw new Error(
      `${join(folder, pickled[0] ?? "")}: expected CIFAR's binary version, got the one for Python (pickled): download the binary version`,
    );
  }
  const trained: ImageDataset[] = [];
  for (const file of train) trained.push(await readBatch(join(folder, file), parse));
  const tested = await readBatch(join(folder, test), parse);
  const notes = [
    ...trained.flatMap(({ count }, at) => countNotes(join(folder, train[at] ?? ""), count, images[0])),
    ...countNotes(join(folder, test), tested.count, images[1]),
  ];
  return { train: joined(trained), test: tested, classNames, preprocessing, notes };
}

async function readBatch(path: string, parse: Version["parse"]): Promise<ImageDataset> {
  try {
    return parse(await readFile(path));
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** A file that was cut just after a record can only be told by its count. */
function countNotes(path: string, count: number, published: number): readonly string[] {
  if (count === published) return [];
  return [
    `${path} holds ${count} images, the published file ${published}: if it is not your own, download it again`,
  ];
}

function joined(batches: readonly ImageDataset[]): ImageDataset {
  const [first] = batches;
  if (first === undefined) throw new Error("expected at least one batch, got none");
  return {
    ...first,
    count: batches.reduce((sum, { count }) => sum + count, 0),
    pixels: new Uint8Array(Buffer.concat(batches.map(({ pixels }) => pixels))),
    labels: new Uint8Array(Buffer.concat(batches.map(({ labels }) => labels))),
  };
}
