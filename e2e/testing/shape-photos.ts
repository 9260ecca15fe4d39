/** Photos of shapes for a federation of strangers: 16 x 16 pixels in colour, each with noise of its own. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRng, type Rng } from "@tributary/model";
import { pictureGrid } from "@tributary/report";

export const SHAPES = ["Disc", "Cross", "Stripes"] as const;
export type Shape = (typeof SHAPES)[number];
const SIDE = 16;

/** Whether the shape covers the pixel, counted from the middle. */
const covers: Readonly<Record<Shape, (x: number, y: number) => boolean>> = {
  Disc: (x, y) => x * x + y * y < 30,
  Cross: (x, y) => Math.abs(x) < 2 || Math.abs(y) < 2,
  Stripes: (_, y) => Math.abs(y) % 4 < 2,
};

/** Bytes [16, 16, 3] of one photo: the shape is brighter than what lies behind it, in a random tint. */
export function shapePixels(shape: Shape, rng: Rng): Uint8Array {
  const [dx, dy] = [rng.integer(3) - 1, rng.integer(3) - 1];
  const tint = [0, 1, 2].map(() => 60 + rng.integer(60));
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const isShape = covers[shape]((pixel % SIDE) - SIDE / 2 + dx, Math.floor(pixel / SIDE) - SIDE / 2 + dy);
    return rng.integer(70) + (isShape ? (tint[at % 3] as number) : 0);
  });
}

/** What was written: where, and the pixels of every photo. */
export type PhotoFolder = { readonly path: string; readonly photos: readonly Uint8Array[] };

/** Writes `counts[shape]` PNG files to PATH/FOLDER/NAME-N.png, with `folderOf(shape)` as FOLDER. */
export async function writePhotos(
  path: string,
  counts: Readonly<Record<Shape, number>>,
  names: { readonly folderOf: (shape: Shape) => string; readonly file: string; readonly seed: number },
): Promise<PhotoFolder> {
  const rng = createRng(names.seed);
  const photos: Uint8Array[] = [];
  for (const shape of SHAPES) {
    const folder = join(path, names.folderOf(shape));
    await mkdir(folder, { recursive: true });
    for (let at = 0; at < counts[shape]; at++) {
      const pixels = shapePixels(shape, rng);
      photos.push(pixels);
      const { png } = pictureGrid([{ values: pixels, height: SIDE, width: SIDE, channels: 3 }], 1, 0);
      await writeFile(join(folder, `${names.file}-${at}.png`), png);
    }
  }
  return { path, photos };
}
