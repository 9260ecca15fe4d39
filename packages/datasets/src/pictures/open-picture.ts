/** Opens the rows of a file whose header is known, each format by its decoder. */
import type { AvifHeader } from "./avif-header.ts";
import { bmpRows } from "./bmp-rows.ts";
import type { Codecs, DecodedPixels } from "./codecs.ts";
import { gifRows } from "./gif-rows.ts";
import { inflatedBytes } from "./inflated-bytes.ts";
import type { JpegHeader } from "./jpeg-header.ts";
import type { PictureHeader } from "./picture-header.ts";
import { type PictureRows, rowsOf, rowsOnCanvas } from "./picture-rows.ts";
import { pngRows } from "./png-rows.ts";
import type { WebpHeader } from "./webp-header.ts";

/** A picture whose rows can be taken. */
export type OpenPicture = {
  readonly rows: PictureRows;
  /** The embedded colour profile. */
  readonly icc: Uint8Array | null;
  readonly notes: readonly string[];
};

/** Opens the rows. Rejects, or throws while rows are taken, with an error that says what is wrong with the file. */
export async function openPicture(
  bytes: Uint8Array,
  header: PictureHeader,
  codecs: Codecs,
): Promise<OpenPicture> {
  switch (header.format) {
    case "jpeg":
      return await openJpeg(bytes, header, codecs);
    case "png":
      return { rows: pngRows(header), icc: inflatedProfile(header.compressedIcc), notes: [] };
    case "gif":
      return { rows: gifRows(header), icc: null, notes: [] };
    case "bmp":
      return { rows: bmpRows(header), icc: null, notes: [] };
    case "webp":
      return await openWebp(header, codecs);
    case "avif":
      return await openAvif(bytes, header, codecs);
    default:
      return header satisfies never;
  }
}

/** Profiles that are matrices have a few kilobytes; of a longer one the beginning tells that it is none. */
const MOST_PROFILE_BYTES = 2 ** 20;

function inflatedProfile(compressed: Uint8Array | null): Uint8Array | null {
  return compressed === null ? null : inflatedBytes([compressed]).takeUpTo(MOST_PROFILE_BYTES);
}

async function openJpeg(bytes: Uint8Array, header: JpegHeader, codecs: Codecs): Promise<OpenPicture> {
  if (header.components === 4) {
    const notes = header.isSubsampled ? [COARSE_INKS] : [];
    return { rows: await cmykRows(bytes, header), icc: null, notes };
  }
  const decoded = await codecs.decode("jpeg", bytes);
  const spoilt = decoded.said.find((line) => SPOILT.test(line) && !SURPLUS.test(line));
  if (spoilt !== undefined) throw new Error(spoilt);
  const notes = decoded.said.map((line) => `Look at the picture: its decoder says “${line}”.`);
  return { rows: rowsOfSize(decoded, header), icc: header.icc, notes };
}

const COARSE_INKS =
  "It is a CMYK picture of halved colours, which are taken without smoothing: export it as an RGB picture.";

/** mozjpeg makes up pixels and goes on after these. It says its first trouble only. */
const SPOILT = /^(Corrupt|Premature|Inconsistent)/;
/** Some cameras fill up their files with bytes that belong to no pixel. */
const SURPLUS = /extraneous bytes/;

/** mozjpeg's packing gives no CMYK. Such pictures are rare, and come from presses: plain JavaScript reads them. */
async function cmykRows(bytes: Uint8Array, { width, height }: JpegHeader): Promise<PictureRows> {
  const { default: jpeg } = await import("jpeg-js");
  const { data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    maxMemoryUsageInMB: 1024,
  });
  return rowsOf(data, width, height);
}

async function openWebp({ frame, icc, width, height }: WebpHeader, codecs: Codecs): Promise<OpenPicture> {
  const decoded = await codecs.decode("webp", frame.still);
  const rows = rowsOnCanvas({ width, height }, { ...frame, rows: rowsOfSize(decoded, frame) });
  return { rows, icc, notes: [] };
}

async function openAvif(bytes: Uint8Array, header: AvifHeader, codecs: Codecs): Promise<OpenPicture> {
  const decoded = await codecs.decode("avif", bytes);
  return { rows: rowsOfSize(decoded, header), icc: header.icc, notes: [] };
}

/** Throws where the decoder found another size than the header says. */
function rowsOfSize(
  { width, height, rgba }: DecodedPixels,
  expected: { readonly width: number; readonly height: number },
): PictureRows {
  if (width !== expected.width || height !== expected.height) {
    throw new Error(`it says ${expected.width} x ${expected.height} pixels and has ${width} x ${height}`);
  }
  return rowsOf(rgba, width, height);
}
