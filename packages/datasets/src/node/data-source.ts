/** Labelled images from a folder of any known kind, with what a plan needs to know about them. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import type { ImageDataset } from "@tributary/model";
import { type Preprocessing, smallPlan } from "@tributary/protocol";
import { cifar10ClassNames } from "../cifar.ts";
import { CIFAR_MARK, readCifarFolder } from "./cifar-folder.ts";
import { readIdxFolder } from "./idx-folder.ts";
import { readImageFolder } from "./image-folder.ts";

/** A data set on disk, read. */
export type DataSource = {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  /** One name per label, in the order of the labels. */
  readonly classNames: readonly string[];
  readonly preprocessing: Preprocessing;
  /** SHA-256 over the images and labels, however they were stored. */
  readonly sha256: string;
};

/** Mean and deviation over all channels of CIFAR-10's training images (means per channel .4914 .4822 .4465). */
const CIFAR_PREPROCESSING: Preprocessing = {
  mean: [0.4734, 0.4734, 0.4734],
  std: [0.2516, 0.2516, 0.2516],
};

/**
 * Reads IDX files (a `train-images-idx3-ubyte`), CIFAR-10's binary batches (a `data_batch_1.bin`), or else a folder
 * of images by class. Fashion-MNIST, known by its folder's name, and CIFAR-10 are normalised by their known numbers, other
 * images by the mean and deviation of their training pixels. Throws an Error that quotes what is wrong.
 */
export async function readDataSource(folder: string): Promise<DataSource> {
  const names = await readdir(folder);
  if (names.some((name) => name.startsWith("train-images-idx3-ubyte"))) {
    const data = await readIdxFolder(folder);
    const isFashion = /fashion/.test(basename(folder)) && data.train.classes === 10;
    const classNames = isFashion ? smallPlan.classNames : numbered(data.train.classes);
    // The paper normalises Fashion-MNIST by MNIST's numbers.
    const preprocessing = isFashion ? smallPlan.preprocessing : measured(data.train);
    return { ...data, classNames, preprocessing, sha256: hashOfData(data) };
  }
  if (names.includes(CIFAR_MARK)) {
    const data = await readCifarFolder(folder);
    return {
      ...data,
      classNames: cifar10ClassNames,
      preprocessing: CIFAR_PREPROCESSING,
      sha256: hashOfData(data),
    };
  }
  const { classNames, ...data } = await readImageFolder(folder);
  return { ...data, classNames, preprocessing: measured(data.train), sha256: hashOfData(data) };
}

function numbered(classes: number): readonly string[] {
  return Array.from({ length: classes }, (_, label) => `class ${label}`);
}

/** To four digits, as published numbers are; a deviation of 0 would divide by it. */
function measured({ pixels, image }: ImageDataset): Preprocessing {
  const mean = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length / 255;
  const variance = pixels.reduce((sum, pixel) => sum + (pixel / 255 - mean) ** 2, 0) / pixels.length;
  const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
  const ofEachChannel = (value: number) => Array.from({ length: image[2] }, () => value);
  return { mean: ofEachChannel(rounded(mean)), std: ofEachChannel(rounded(Math.sqrt(variance)) || 1) };
}

function hashOfData({ train, test }: { readonly train: ImageDataset; readonly test: ImageDataset }): string {
  const hash = createHash("sha256");
  for (const { image, classes, count, pixels, labels } of [train, test]) {
    hash.update(JSON.stringify({ image, classes, count })).update(pixels).update(labels);
  }
  return hash.digest("hex");
}
