/**
 * From a picture's file to the bytes that a network sees: the same in every browser and in Node, because every step,
 * from the file's first byte to the last rounding, is ours or comes with us.
 */
import type { ImageTaskDefinition } from "@tributary/protocol";
import { areaMeans, type Means } from "./area-mean.ts";
import { CodecMissing, type Codecs } from "./codecs.ts";
import { readProfile } from "./colour-profile.ts";
import { type Colour, opaqueRow } from "./opaque-row.ts";
import { openPicture } from "./open-picture.ts";
import { isTransposed, type Orientation } from "./orientation.ts";
import { type PictureHeader, pictureHeader } from "./picture-header.ts";
import { placePicture } from "./placement.ts";
import type { ReadFormat } from "./sniff-format.ts";
import { damaged, type UnreadPicture, unread } from "./unread-picture.ts";

/** The fields of an image task that say how a picture becomes numbers. */
export type PictureInput = Pick<ImageTaskDefinition, "image" | "picture">;

/** What the file was. Width and height are those of the picture as shown. */
export type PictureSource = {
  readonly format: ReadFormat;
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Sentences for people about what was not taken as the file says it. */
  readonly notes: readonly string[];
};

/** `pixels` is [height, width, channels] of the task's image, row by row, 0..255. */
export type NetworkInput =
  | { readonly outcome: "picture"; readonly pixels: Uint8Array; readonly source: PictureSource }
  | UnreadPicture;

/**
 * Decodes a file and brings it to the task's size: orientation applied, colours in sRGB, laid over the background, mean
 * over each pixel's area. Whatever the bytes are, it does not reject: a file that gives no picture is an outcome.
 */
export async function networkInput(
  bytes: Uint8Array,
  input: PictureInput,
  codecs: Codecs,
): Promise<NetworkInput> {
  const header = pictureHeader(bytes);
  if ("outcome" in header) return header;
  try {
    return await decodedInput(bytes, header, input, codecs);
  } catch (error) {
    return failure(header.format, error);
  }
}

async function decodedInput(
  bytes: Uint8Array,
  header: PictureHeader,
  { image: [height, width, channels], picture: { fit, background, grey } }: PictureInput,
  codecs: Codecs,
): Promise<NetworkInput> {
  const opened = await openPicture(bytes, header, codecs);
  const profile = opened.icc === null ? null : readProfile(opened.icc);
  const shown = shownSize(header);
  const placement = placePicture(shown, { width, height }, fit);
  const opaque = opaqueRow(background, profile?.convert ?? null);
  const means = areaMeans(opened.rows, header, placement, opaque);
  const pixels = new Uint8Array(height * width * channels);
  fillBackground(pixels, channels, background, grey);
  writeMeans(means, placement.place, pixels, width, channels === 1 ? grey : null);
  const notes = profile?.isRead === false ? [...opened.notes, UNREAD_PROFILE] : opened.notes;
  const { format, orientation } = header;
  return { outcome: "picture", pixels, source: { format, ...shown, orientation, notes } };
}

const UNREAD_PROFILE = "Its colour profile is not a matrix with curves: its colours are taken as they stand.";

function shownSize({ width, height, orientation }: PictureHeader) {
  return isTransposed(orientation) ? { width: height, height: width } : { width, height };
}

function fillBackground(pixels: Uint8Array, channels: 1 | 3, background: Colour, grey: Colour): void {
  if (channels === 1) pixels.fill(rounded(greyOf(...background, grey)));
  else for (let at = 0; at < pixels.length; at++) pixels[at] = background[at % 3] as number;
}

/** Writes the means to their place in `pixels`, rows of `width` pixels; as grey where its shares are given. */
function writeMeans(
  { rgb }: Means,
  place: { left: number; top: number; width: number; height: number },
  pixels: Uint8Array,
  width: number,
  grey: Colour | null,
): void {
  for (let at = 0; at < place.width * place.height; at++) {
    const row = place.top + Math.floor(at / place.width);
    const target = row * width + place.left + (at % place.width);
    const [red, green, blue] = [rgb[3 * at], rgb[3 * at + 1], rgb[3 * at + 2]] as [number, number, number];
    if (grey !== null) pixels[target] = rounded(greyOf(red, green, blue, grey));
    else pixels.set([rounded(red), rounded(green), rounded(blue)], 3 * target);
  }
}

function greyOf(red: number, green: number, blue: number, grey: Colour): number {
  return red * grey[0] + green * grey[1] + blue * grey[2];
}

function rounded(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

function failure(format: ReadFormat, error: unknown): UnreadPicture {
  if (error instanceof CodecMissing) {
    return unread("decoder", `${error.message}. Check the connection, and try again.`);
  }
  if (isOutOfMemory(error)) {
    return unread("too-large", "The picture needs more memory than there is. Make it smaller.");
  }
  return damaged(format.toUpperCase(), error instanceof Error ? error.message : String(error));
}

/** Arrays that are too long are RangeErrors; the codecs speak of memory. */
function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof RangeError ||
    /memory|OOM|limit exceeded/i.test(error.message) ||
    isOutOfMemory(error.cause)
  );
}
