/** From sorted picture files to a data set: one size for all, by the decoder that pages use too. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDataset } from "@tributary/model";
import { type Codecs, networkInput, type PictureInput, pictureHeader } from "../pictures/index.ts";
import { isTransposed } from "../pictures/orientation.ts";

/** A picture's file below a folder, with its label. */
export type LabelledFile = { readonly path: string; readonly label: number };

/** A file that gives no picture; `message` says why and what to do. */
export type UnreadFile = { readonly path: string; readonly message: string };

/** Pictures have several sizes, and no task says what they become. */
export class SeveralSizes extends Error {}

const [LEAST_SIDE, MOST_SIDE] = [4, 512];

/** How pictures are read where no task says it. */
export const usualRules: PictureInput["picture"] = {
  fit: "crop",
  resize: "area-mean",
  background: [255, 255, 255],
  grey: [0.299, 0.587, 0.114],
};

/**
 * The shape that all of `files` have by themselves: the size of the first that is a picture, in three channels. Throws
 * `SeveralSizes`, which quotes both, where another has another size, and an Error where a side is outside 4..512 pixels.
 */
export async function ownShape(
  folder: string,
  files: readonly LabelledFile[],
): Promise<PictureInput["image"]> {
  let first: { readonly path: string; readonly size: Size } | null = null;
  for (const { path } of files) {
    const size = shownSize(await readFile(join(folder, path)));
    if (size === null) continue;
    if (size.some((side) => side < LEAST_SIDE || side > MOST_SIDE)) {
      throw new Error(
        `${join(folder, path)}: expected ${LEAST_SIDE}..${MOST_SIDE} pixels a side, got ${size.join("x")}: make all images one size in these bounds`,
      );
    }
    first ??= { path, size };
    if (size.join() === first.size.join()) continue;
    const [one, other] = [join(folder, path), join(folder, first.path)];
    throw new SeveralSizes(
      `${one} is ${size.join("x")}, ${other} is ${first.size.join("x")}: make all images one size, or say it in a task`,
    );
  }
  const [height, width] = first?.size ?? [LEAST_SIDE, LEAST_SIDE];
  return [height, width, 3];
}

type Size = readonly [height: number, width: number];

/** null: not a picture. */
function shownSize(bytes: Uint8Array): Size | null {
  const header = pictureHeader(bytes);
  if ("outcome" in header) return null;
  const { height, width, orientation } = header;
  return isTransposed(orientation) ? [width, height] : [height, width];
}

/** Decodes `files` one after another, in order of label and path. `count` of the data set: those that are pictures. */
export async function readPictures(options: {
  readonly folder: string;
  readonly files: readonly LabelledFile[];
  readonly classes: number;
  readonly input: PictureInput;
  readonly codecs: Codecs;
}): Promise<{ readonly dataset: ImageDataset; readonly unread: readonly UnreadFile[] }> {
  const { folder, classes, input, codecs } = options;
  // A stable sort: the files of one label stay in order of their paths.
  const files = [...options.files].sort((one, other) => one.label - other.label);
  const read: { readonly pixels: Uint8Array; readonly label: number }[] = [];
  const unread: UnreadFile[] = [];
  for (const { path, label } of files) {
    const found = await networkInput(await readFile(join(folder, path)), input, codecs);
    if (found.outcome === "picture") read.push({ pixels: found.pixels, label });
    else unread.push({ path, message: found.message });
  }
  const dataset: ImageDataset = {
    kind: "images",
    image: input.image,
    classes,
    count: read.length,
    pixels: new Uint8Array(Buffer.concat(read.map(({ pixels }) => pixels))),
    labels: Uint8Array.from(read, ({ label }) => label),
  };
  return { dataset, unread };
}

/** The sets with one channel, unless a pixel of any of them has a colour. */
export function inOneChannel(sets: readonly ImageDataset[]): readonly ImageDataset[] {
  if (!sets.every(isGrey)) return sets;
  return sets.map((set) => ({
    ...set,
    image: [set.image[0], set.image[1], 1],
    pixels: Uint8Array.from({ length: set.pixels.length / 3 }, (_, at) => set.pixels[3 * at] as number),
  }));
}

function isGrey({ pixels }: ImageDataset): boolean {
  return pixels.every((value, at) => at % 3 === 0 || value === pixels[at - (at % 3)]);
}
