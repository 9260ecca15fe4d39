/** A synthetic set as one PNG: a row for each class, in order. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PNG } from "pngjs";
import { type Static, Type } from "typebox";
import { readChecked } from "../run/json-file.ts";

export type ImageGrid = {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly images: number;
  readonly classes: number;
  /** D over the first and the last twenty iterations. */
  readonly distances: readonly [first: number, last: number];
  readonly innerStep: number;
};

const Size = Type.Integer({ minimum: 1 });
const Images = Type.Object({ shape: Type.Tuple([Size, Size, Size, Size]) });
const Description = Type.Object({
  imagesPerClass: Size,
  innerStep: Type.Number(),
  /** The images first; what follows them is not drawn. */
  arrays: Type.Tuple([Images, Type.Unknown(), Type.Unknown()]),
  distances: Type.Array(Type.Number()),
});

const GAP = 2;
const ENDS = 20;
/** The share of values at each end that is drawn as black or white: the images are never clipped, few are far out. */
const TAIL = 0.02;

/** null: the run has no synthetic set. Throws, with the reason, where its files are not what was written. */
export async function readImageGrid(folder: string): Promise<ImageGrid | null> {
  const description = await readChecked<Static<typeof Description>>(
    join(folder, "synthesis.json"),
    Description,
  );
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

function drawGrid(values: Float32Array, { images, height, width, channels }: Shape, columns: number) {
  const sorted = values.toSorted();
  const dark = sorted[Math.floor(TAIL * (sorted.length - 1))] as number;
  const bright = sorted[Math.ceil((1 - TAIL) * (sorted.length - 1))] as number;
  const rows = Math.ceil(images / columns);
  const png = new PNG({ width: columns * (width + GAP) - GAP, height: rows * (height + GAP) - GAP });
  for (let image = 0; image < images; image++) {
    const left = (image % columns) * (width + GAP);
    const top = Math.floor(image / columns) * (height + GAP);
    for (let pixel = 0; pixel < height * width; pixel++) {
      const target = 4 * ((top + Math.floor(pixel / width)) * png.width + left + (pixel % width));
      const source = (image * height * width + pixel) * channels;
      for (let color = 0; color < 3; color++) {
        const value = values[source + (channels >= 3 ? color : 0)] as number;
        const share = (value - dark) / (bright - dark || 1);
        png.data[target + color] = Math.round(255 * Math.min(1, Math.max(0, share)));
      }
      png.data[target + 3] = 255;
    }
  }
  return { png: PNG.sync.write(png), width: png.width, height: png.height };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
