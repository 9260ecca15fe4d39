/** The pictures in fixtures/pictures; make-pictures.py there says how their values were made. */
import { readdirSync, readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import type { PictureInput } from "../src/pictures/index.ts";

const FOLDER = new URL("../fixtures/pictures/", import.meta.url);

export type ExpectedPicture = {
  /** Its path below fixtures/pictures. */
  readonly file: string;
  readonly input: PictureInput;
  /** [height, width, channels] */
  readonly values: Uint8Array;
};

/** White below and around, grey by ITU-R BT.601. */
export const USUAL_RULES = {
  fit: "crop",
  resize: "area-mean",
  background: [255, 255, 255],
  grey: [0.299, 0.587, 0.114],
} satisfies PictureInput["picture"];

/** What a picture of `image` = [height, width, channels] becomes under the usual rules. */
export function usualInput(...image: PictureInput["image"]): PictureInput {
  return { image, picture: USUAL_RULES };
}

export function pictureBytes(file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(file, FOLDER)));
}

export function expectedPictures(): readonly ExpectedPicture[] {
  const entries: readonly {
    file: string;
    image: PictureInput["image"];
    fit: PictureInput["picture"]["fit"];
    values: string;
  }[] = JSON.parse(readFileSync(new URL("expected.json", FOLDER), "utf8"));
  return entries.map(({ file, image, fit, values }) => ({
    file,
    input: { image, picture: { ...USUAL_RULES, fit } },
    values: summed(inflateSync(Buffer.from(values, "base64")), image[2]),
  }));
}

/** Files that give no picture, or were made to be hard to tell. */
export function unreadPictures(): readonly string[] {
  return ["small/broken48/", "small/formats48/"].flatMap((folder) =>
    readdirSync(new URL(folder, FOLDER)).map((name) => `${folder}${name}`),
  );
}

/** Undoes the difference to the pixel before. */
function summed(steps: Uint8Array, channels: number): Uint8Array {
  const values = new Uint8Array(steps);
  for (let at = channels; at < values.length; at++) (values[at] as number) += values[at - channels] as number;
  return values;
}

/** The largest and the mean difference of two arrays of one length. */
export function differences(a: Uint8Array, b: Uint8Array): { readonly max: number; readonly mean: number } {
  const all = Array.from(a, (value, at) => Math.abs(value - (b[at] ?? Number.POSITIVE_INFINITY)));
  return { max: Math.max(...all), mean: all.reduce((sum, value) => sum + value, 0) / a.length };
}
