/**
 * A folder of pictures by class: {train,test}/CLASS/1.png, or only CLASS/1.png, where every class gives a seventh, drawn by a
 * fixed seed, to the test set. A task says which classes there are and what a picture of any size becomes. Without one the
 * folders' names are the classes, all pictures have one size, and they have one channel where every pixel is grey.
 */
import { join } from "node:path";
import type { ImageDataset } from "@tributary/model";
import type { ImageTaskDefinition } from "@tributary/protocol";
import { classesOfFolders, type SortedFiles, sortFiles, type UndecidedFolder } from "../folders/index.ts";
import type { Codecs, PictureInput } from "../pictures/index.ts";
import { openCodecs } from "./codecs.ts";
import { folderNotes } from "./folder-notes.ts";
import { listFiles } from "./list-files.ts";
import {
  inOneChannel,
  type LabelledFile,
  ownShape,
  readPictures,
  type UnreadFile,
  usualRules,
} from "./read-pictures.ts";
import { splitByClass } from "./split-by-class.ts";

/** What a folder of pictures is read for. Null: as the folder itself says, by its folders' names and its pictures' size. */
export type PictureTask = {
  readonly classes: readonly string[] | null;
  readonly image: ImageTaskDefinition["image"] | null;
  readonly picture: ImageTaskDefinition["picture"];
};

/** A folder of pictures, read and split. */
export type ImageFolder = {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  /** The first is label 0. */
  readonly classNames: readonly string[];
  /** Sentences about what was left out. */
  readonly notes: readonly string[];
};

const MOST_CLASSES = 256;

/**
 * Reads every picture below `folder`. What is left out is in the notes. Throws an Error that quotes the file or folder, and
 * the value that does not fit: a folder whose class is not clear, pictures of several sizes without a task, no picture.
 */
export async function readImageFolder(folder: string, task: PictureTask | null): Promise<ImageFolder> {
  const listed = await listFiles(folder);
  const classNames = task?.classes ?? ownClasses(folder, listed.files);
  const files = listed.files.map((path) => ({ path }));
  const sorted = sortFiles({ files, classNames });
  const tested = sortFiles({ files, classNames, part: "test" });
  demandDecided(folder, [...sorted.undecided, ...tested.undecided]);
  const read = await readParts(folder, [sorted, tested], task, classNames.length);
  const isTested = new Set(tested.files.map(({ path }) => path));
  const leftOut = sorted.leftOut.filter((group) => !group.files.some(({ path }) => isTested.has(path)));
  return { ...read.sets, classNames, notes: folderNotes({ folder, listed, leftOut, unread: read.unread }) };
}

function ownClasses(folder: string, paths: readonly string[]): readonly string[] {
  const found = classesOfFolders(paths);
  if (found.outcome === "unclear") throw new Error(`${folder}: ${found.reason}`);
  const classes = found.classNames.length;
  if (classes >= 2 && classes <= MOST_CLASSES) return found.classNames;
  throw new Error(`${folder}: expected 2..${MOST_CLASSES} folders, one per class, got ${classes}`);
}

function demandDecided(folder: string, undecided: readonly UndecidedFolder<unknown>[]): void {
  if (undecided.length === 0) return;
  const names = undecided.map((one) => JSON.stringify(one.folder)).join(", ");
  throw new Error(
    `${folder}: expected folders named after the task's classes, got ${names}: rename them, or move them elsewhere`,
  );
}

type Sorted = SortedFiles<{ readonly path: string }>;
type Parts = readonly [train: Sorted, test: Sorted];

async function readParts(folder: string, [train, test]: Parts, task: PictureTask | null, classes: number) {
  const input = await inputOf(folder, [...train.files, ...test.files], task);
  const read = partReader(folder, input, classes);
  const [trained, tested] = [await read(train), await read(test)];
  const unread = [...trained.unread, ...tested.unread];
  if (trained.dataset.count === 0) throw nothingRead(folder, unread);
  const both = [trained.dataset, tested.dataset];
  const [trainSet, testSet] = (task?.image ? both : inOneChannel(both)) as [ImageDataset, ImageDataset];
  return { sets: testSet.count === 0 ? splitByClass(trainSet) : { train: trainSet, test: testSet }, unread };
}

async function inputOf(
  folder: string,
  files: readonly LabelledFile[],
  task: PictureTask | null,
): Promise<PictureInput> {
  const picture = task?.picture ?? usualRules;
  const image = task?.image ?? (await ownShape(folder, files));
  return { image, picture };
}

function partReader(folder: string, input: PictureInput, classes: number) {
  const codecs: Codecs = openCodecs();
  return ({ files }: Sorted) => readPictures({ folder, files, classes, input, codecs });
}

function nothingRead(folder: string, [first]: readonly UnreadFile[]): Error {
  if (first === undefined) return new Error(`${folder}: expected pictures in folders of classes, got none`);
  return new Error(
    `${folder}: expected pictures, got none that can be read. ${join(folder, first.path)}: ${first.message}`,
  );
}
