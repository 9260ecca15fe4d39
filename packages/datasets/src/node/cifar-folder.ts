/** CIFAR-10 from a folder of its binary batches. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDataset } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import { parseCifar10 } from "../cifar.ts";

const TRAINING_FILES = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
const TEST_FILE = "test_batch.bin";

/** A folder with this file holds CIFAR-10. */
export const CIFAR_MARK = TRAINING_FILES[0] as string;

/**
 * Reads `data_batch_1.bin` .. `data_batch_5.bin` and `test_batch.bin`, all of which must be there. Throws an Error
 * that quotes the file and what is wrong with it.
 */
export async function readCifarFolder(
  folder: string,
): Promise<{ readonly train: ImageDataset; readonly test: ImageDataset }> {
  const train: ImageDataset[] = [];
  for (const file of TRAINING_FILES) train.push(await readBatch(join(folder, file)));
  return { train: joined(train), test: await readBatch(join(folder, TEST_FILE)) };
}

async function readBatch(path: string): Promise<ImageDataset> {
  try {
    return parseCifar10(await readFile(path));
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
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
