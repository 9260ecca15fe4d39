/** A synthetic set as one PNG: a row for each class, in order. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Picture, pictureGrid } from "@tributary/report";
import { type Static, Type } from "typebox";
import { readChecked } from "../run/json-file.ts";

export type ImageGrid = Picture & {
  readonly images: number;
  readonly classes: number;
  /** D over the first and the last twenty iterations. */
  readonly distances: readonly [first: number, last: number];
  readonly innerStep: number;
};

const Size = Type.Integer({ minimum: 1 });
const Images = Type.Object({ shape: Type.Tuple([Size, Size, Size, Size]) });
const Outline = Type.Object({ arrays: Type.Array(Type.Object({ name: Type.String() }), { minItems: 1 }) });
const Description = Type.Object({
  imagesPerClass: Size,
  innerStep: Type.Number(),
  /** The images come first. The other arrays are not drawn. */
  arrays: Type.Tuple([Images, Type.Unknown(), Type.Unknown()]),
  distances: Type.Array(Type.Number()),
});

const GAP = 2;
const ENDS = 20;
/** The share of values at each end that is drawn as black or white: a few values are far out. */
const TAIL = 0.02;

/** null: the run has no synthetic set, or one of rows, which are no pictures. Throws an Error with the reason if its files are damaged. */
export async function readImageGrid(folder: string): Promise<ImageGrid | null> {
  const path = join(folder, "synthesis.json");
  const outline = await readChecked<Static<typeof Outline>>(path, Outline);
  if (outline === null || outline.arrays[0]?.name === "rows") return null;
  const description = await readChecked<Static<typeof Description>>(path, Description);
  if (description === null) return null;
  const [images, height, width, channels] = description.arrays[0].shape;
  const bytes = Uint8Array.from(await readFile(join(folder, "synthetic-set.bin")));
  const values = new Float32Array(bytes.buffer, 0, images * height * width * channels);
  const grid = drawGrid(values, { images, height, width, channels }, description.imagesPerClass);
  const { distances, innerStep, imagesPerClass } = description;
  return {
    ...grid,
    images,
    classes: images / imagesPerClass,
    distances: [mean(distances.slice(0, ENDS)), mean(distances.slice(-ENDS))],
    innerStep,
  };
}

type Shape = {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
};

function drawGrid(
  values: Float32Array,
  { images, height, width, channels }: Shape,
  columns: number,
): Picture {
  const sorted = values.toSorted();
  const dark = sorted[Math.floor(TAIL * (sorted.length - 1))] as number;
  const bright = sorted[Math.ceil((1 - TAIL) * (sorted.length - 1))] as number;
  const shade = (value: number) => {
    const share = (value - dark) / (bright - dark || 1);
    return Math.round(255 * Math.min(1, Math.max(0, share)));
  };
  const size = height * width * channels;
  const pictures = Array.from({ length: images }, (_, at) => ({
    ...{ height, width, channels },
    values: Array.from(values.subarray(at * size, (at + 1) * size), shade),
  }));
  return pictureGrid(pictures, columns, GAP);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
