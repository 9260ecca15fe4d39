/**
 * A folder of images by class: FOLDER/train/CLASS/* and FOLDER/test/CLASS/*, or only FOLDER/CLASS/*, where every class
 * gives a seventh, drawn by a seed, to the test set. All images have one size: resizing would be a choice about the data,
 * and it is the experimenter's. If every pixel of every image is grey, the images have one channel, otherwise three.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRng, deriveSeed, type ImageDataset, permutation } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import { takeExamples } from "../examples.ts";
import { decodeImage } from "./decode-image.ts";

/** A folder of images, read and split. */
export type ImageFolder = {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  /** The names of the classes' folders, sorted: the first is label 0. */
  readonly classNames: readonly string[];
};

const MOST_CLASSES = 256;
/** As in Fashion-MNIST, with 60,000 and 10,000 images. */
const TEST_SHARE = 1 / 7;
const SPLIT_SEED = deriveSeed(0, "image-folder");

/** Reads every image below `folder`. Throws an Error that quotes the file or folder, and the value that does not fit. */
export async function readImageFolder(folder: string): Promise<ImageFolder> {
  const names = await foldersIn(folder);
  const isParted = names.includes("train") || names.includes("test");
  if (!isParted) {
    const whole = asRgb(await readClasses(folder, names, null));
    return { ...splitByClass(inOneChannel([whole])[0] as ImageDataset), classNames: names };
  }
  if (names.join() !== "test,train") {
    throw new Error(`${folder}: expected the folders test and train and no other, got ${names.join(", ")}`);
  }
  const classNames = await foldersIn(join(folder, "train"));
  const tested = await foldersIn(join(folder, "test"));
  if (tested.join("/") !== classNames.join("/")) {
    throw new Error(
      `${folder}: train has the classes ${classNames.join(", ")}, test ${tested.join(", ") || "none"}`,
    );
  }
  const train = await readClasses(join(folder, "train"), classNames, null);
  const test = await readClasses(join(folder, "test"), classNames, train[0] ?? null);
  const [trainSet, testSet] = inOneChannel([asRgb(train), asRgb(test)]);
  return { train: trainSet as ImageDataset, test: testSet as ImageDataset, classNames };
}

type Labelled = {
  readonly path: string;
  readonly label: number;
  readonly classes: number;
  readonly height: number;
  readonly width: number;
  readonly rgb: Uint8Array;
};

/** Every image below FOLDER/CLASS, in order of class and name. All must have the size of `like`, or else of the first. */
async function readClasses(
  folder: string,
  classNames: readonly string[],
  like: Labelled | null,
): Promise<readonly Labelled[]> {
  const classes = classNames.length;
  if (classes < 2 || classes > MOST_CLASSES) {
    throw new Error(`${folder}: expected 2..${MOST_CLASSES} folders, one per class, got ${classes}`);
  }
  const images: Labelled[] = [];
  let first = like;
  for (const [label, name] of classNames.entries()) {
    const paths = await filesIn(join(folder, name));
    if (paths.length === 0) throw new Error(`${join(folder, name)}: expected images, got none`);
    for (const path of paths) {
      const image = { ...(await readImage(path)), path, label, classes };
      first ??= image;
      if (image.height !== first.height || image.width !== first.width) {
        throw new Error(
          `${path} is ${image.height}x${image.width}, ${first.path} is ${first.height}x${first.width}: make all images one size`,
        );
      }
      images.push(image);
    }
  }
  return images;
}

async function readImage(path: string) {
  try {
    const image = decodeImage(await readFile(path));
    if ([image.height, image.width].some((side) => side < 4 || side > 512)) {
      throw new Error(`expected 4..512 pixels a side, got ${image.height}x${image.width}`);
    }
    return image;
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
}

function asRgb(images: readonly Labelled[]): ImageDataset {
  const [first] = images;
  if (first === undefined) throw new Error("expected images, got none");
  return {
    kind: "images",
    image: [first.height, first.width, 3],
    classes: first.classes,
    count: images.length,
    pixels: new Uint8Array(Buffer.concat(images.map(({ rgb }) => rgb))),
    labels: Uint8Array.from(images, ({ label }) => label),
  };
}

/** The sets with one channel, unless a pixel of any of them has a colour. */
function inOneChannel(sets: readonly ImageDataset[]): readonly ImageDataset[] {
  const isGrey = ({ pixels }: ImageDataset) =>
    pixels.every((value, at) => at % 3 === 0 || value === pixels[at - (at % 3)]);
  if (!sets.every(isGrey)) return sets;
  return sets.map((set) => ({
    ...set,
    image: [set.image[0], set.image[1], 1],
    pixels: Uint8Array.from({ length: set.pixels.length / 3 }, (_, at) => set.pixels[3 * at] as number),
  }));
}

/** The split does not depend on a run's seed, so that all runs are tested on the same images. */
function splitByClass(whole: ImageDataset): { readonly train: ImageDataset; readonly test: ImageDataset } {
  const [train, test]: [number[], number[]] = [[], []];
  for (let label = 0; label < whole.classes; label++) {
    const members = [...whole.labels.keys()].filter((at) => whole.labels[at] === label);
    if (members.length < 2)
      throw new Error(`expected 2 images of class ${label} to split, got ${members.length}`);
    const order = permutation(members.length, createRng(deriveSeed(SPLIT_SEED, "class", label)));
    const tested = Math.max(1, Math.round(members.length * TEST_SHARE));
    for (const [place, at] of order.entries()) (place < tested ? test : train).push(members[at] as number);
  }
  const ascending = (indices: number[]) =>
    takeExamples(
      whole,
      indices.sort((a, b) => a - b),
    );
  return { train: ascending(train), test: ascending(test) };
}

/** Names that begin with a dot belong to the system: they are ignored, here and below. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await visible(folder);
  const file = entries.find((entry) => !entry.isDirectory());
  if (file !== undefined) throw new Error(`${join(folder, file.name)}: expected folders only, got a file`);
  return entries.map(({ name }) => name).sort();
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await visible(folder);
  const strange = entries.find((entry) => !entry.isFile());
  if (strange !== undefined) throw new Error(`${join(folder, strange.name)}: expected image files only`);
  return entries.map(({ name }) => join(folder, name)).sort();
}

async function visible(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(({ name }) => !name.startsWith("."));
}
