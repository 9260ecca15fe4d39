/** The chunks of a PNG file, with their checksums (PNG specification, third edition, section 5). */
import { hasText, latin1, u16be, u32be } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { exifOrientation, type Orientation } from "./orientation.ts";
import { cut, damaged, type UnreadPicture, variant } from "./unread-picture.ts";

/** Samples a pixel, by colour type. */
const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

const DEPTHS: Readonly<Record<PngColour, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha. */
export type PngColour = keyof typeof SAMPLES;

/** What the chunks say, and the compressed rows. */
export type PngHeader = {
  readonly format: "png";
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** As it stands in the file: compressed. */
  readonly compressedIcc: Uint8Array | null;
  /** Bits a sample. */
  readonly depth: number;
  readonly colour: PngColour;
  readonly samples: number;
  readonly isInterlaced: boolean;
  /** Red, green, blue of each entry; empty without a palette. */
  readonly palette: Uint8Array;
  /** The chunk tRNS: alpha of the palette's entries, or the samples of the transparent colour. */
  readonly transparency: Uint8Array | null;
  /** The compressed rows, in parts. */
  readonly data: readonly Uint8Array[];
};

type Chunks = {
  readonly head: Uint8Array;
  readonly byType: ReadonlyMap<string, Uint8Array>;
  readonly data: readonly Uint8Array[];
};

/** Reads the chunks. Of an animated PNG it gives the picture that all programs show. */
export function pngHeader(bytes: Uint8Array): PngHeader | UnreadPicture {
  const chunks = readChunks(bytes);
  if ("outcome" in chunks) return chunks;
  const { head, byType, data } = chunks;
  const [depth = 0, colour = 0, compression, filter, interlace = 0] = head.subarray(8);
  if (!isColour(colour) || !DEPTHS[colour].includes(depth)) {
    return damaged("PNG", `it says colour type ${colour} with ${depth} bits`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) return damaged("PNG", "its first chunk is wrong");
  const palette = byType.get("PLTE") ?? new Uint8Array();
  if (colour === 3 && palette.length < 3) return damaged("PNG", "its palette is missing");
  const exif = byType.get("eXIf");
  return {
    format: "png",
    width: u32be(head, 0),
    height: u32be(head, 4),
    orientation: exif === undefined ? 1 : exifOrientation(exif),
    compressedIcc: compressedIcc(byType.get("iCCP")),
    depth,
    colour,
    samples: SAMPLES[colour],
    isInterlaced: interlace === 1,
    palette,
    transparency: byType.get("tRNS") ?? null,
    data,
  };
}

function isColour(value: number): value is PngColour {
  return value in SAMPLES;
}

/** Of chunks that stand more than once the first counts. */
function readChunks(bytes: Uint8Array): Chunks | UnreadPicture {
  const byType = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = u32be(bytes, at);
    const type = latin1(bytes, at + 4, 4);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) break;
    if (crc32(bytes.subarray(at + 4, end)) !== u32be(bytes, end)) {
      return damaged("PNG", `the checksum of its chunk ${JSON.stringify(type)} is wrong`);
    }
    const body = bytes.subarray(at + 8, end);
    const fault = chunkFault(type, byType.size === 0, body);
    if (fault !== null) return fault;
    if (type === "IEND") return { head: byType.get("IHDR") as Uint8Array, byType, data };
    if (type === "IDAT") data.push(body);
    if (!byType.has(type)) byType.set(type, body);
    at = end + 4;
  }
  return cut("PNG", "its end chunk");
}

function chunkFault(type: string, isFirst: boolean, body: Uint8Array): UnreadPicture | null {
  if (type === "CgBI") return variant("PNG", "it was made for iPhone programs");
  if (isFirst && (type !== "IHDR" || body.length !== 13))
    return damaged("PNG", "its first chunk is not IHDR");
  const isCritical = /^[A-Z]/.test(type);
  if (isCritical && !["IHDR", "PLTE", "IDAT", "IEND"].includes(type)) {
    return damaged("PNG", `its chunk ${JSON.stringify(type)} is not known`);
  }
  return null;
}

/** After a name that ends with 0 and the method, which must be 0. */
function compressedIcc(chunk: Uint8Array | undefined): Uint8Array | null {
  const nameEnd = chunk?.indexOf(0) ?? -1;
  if (chunk === undefined || nameEnd === -1 || !hasText(chunk, nameEnd + 1, "\0")) return null;
  return chunk.subarray(nameEnd + 2);
}

/** The samples of the one transparent colour, or null: [grey] or [red, green, blue]. */
export function transparentColour({ transparency, samples, colour }: PngHeader): readonly number[] | null {
  if (transparency === null || colour > 2 || transparency.length < 2 * samples) return null;
  return Array.from({ length: samples }, (_, sample) => u16be(transparency, 2 * sample));
}
