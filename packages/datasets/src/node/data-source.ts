/** Labelled examples from a folder of any known kind, with what a plan needs to know about them. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import type { ImageDataset } from "@tributary/model";
import { fashionMnistTask, type Preprocessing } from "@tributary/protocol";
import { holdsCifar, readCifarFolder } from "./cifar-folder.ts";
import { classNotes } from "./class-notes.ts";
import { holdsIdx, readIdxFolder } from "./idx-folder.ts";
import { type PictureTask, readImageFolder } from "./image-folder.ts";

/** A folder's data, read. */
export type FolderData = {
  /** Pictures of any size become what a task says; the others are arrays of one size. */
  readonly kind: FolderKind;
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  /** One name per label, in the order of the labels. */
  readonly classNames: readonly string[];
  /** The published one; null: there is none. */
  readonly preprocessing: Preprocessing | null;
  /** Sentences for people: classes without examples, files that were left out. */
  readonly notes: readonly string[];
};

/** A data set on disk, read. */
export type DataSource = FolderData & {
  readonly preprocessing: Preprocessing;
  /** SHA-256 over the images and labels, however they were stored. */
  readonly sha256: string;
};

/**
 * Reads a folder as `readFolder` does. Data without published numbers is normalised by the mean and deviation of its
 * training pixels.
 */
export async function readDataSource(folder: string, task: PictureTask | null = null): Promise<DataSource> {
  const data = await readFolder(folder, task);
  return { ...data, preprocessing: data.preprocessing ?? measured(data.train), sha256: hashOfData(data) };
}

/**
 * Reads IDX files (a `train-images-idx3-ubyte`), CIFAR's binary files (a `data_batch_1.bin` or a `train.bin`), or else a
 * folder of pictures by class. Fashion-MNIST is known by its folder's name. `task` says which classes there are and what
 * pictures become; null: the folder says it. Throws an Error that quotes what is wrong.
 */
export async function readFolder(folder: string, task: PictureTask | null): Promise<FolderData> {
  const entries = await readdir(folder, { withFileTypes: true });
  const fileNames = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const kind = kindOf(fileNames);
  const data = await readKind({ folder, fileNames, task }, kind);
  return { ...data, kind, notes: [...data.notes, ...classNotes(data)] };
}

/** What a folder holds. */
export type FolderKind = "idx" | "cifar" | "pictures";

function kindOf(fileNames: readonly string[]): FolderKind {
  if (holdsIdx(fileNames)) return "idx";
  return holdsCifar(fileNames) ? "cifar" : "pictures";
}

type Wanted = {
  readonly folder: string;
  readonly fileNames: readonly string[];
  readonly task: PictureTask | null;
};

async function readKind(wanted: Wanted, kind: FolderKind): Promise<Omit<FolderData, "kind">> {
  const { folder, fileNames, task } = wanted;
  switch (kind) {
    case "idx":
      return readNamedIdx(wanted);
    case "cifar":
      return readCifarFolder(folder, fileNames);
    case "pictures":
      return { ...(await readImageFolder(folder, task)), preprocessing: null };
    default:
      return kind satisfies never;
  }
}

async function readNamedIdx({ folder, task }: Wanted): Promise<Omit<FolderData, "kind">> {
  const data = await readIdxFolder(folder, task?.classes?.length ?? null);
  const { classes } = data.train;
  const isFashion = /fashion/.test(basename(folder)) && classes === 10;
  const classNames = isFashion ? fashionMnistTask.classes : numbered(classes);
  // The paper normalises Fashion-MNIST by MNIST's numbers.
  const preprocessing = isFashion ? fashionMnistTask.scale : null;
  return { ...data, classNames: task?.classes ?? classNames, preprocessing, notes: [] };
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
