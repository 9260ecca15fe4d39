/** The chunks of a WebP file (RFC 9649). */
import { hasText, joined, latin1, u16le, u24le, u32le } from "./bytes.ts";
import { exifOrientation, type Orientation } from "./orientation.ts";
import { cut, damaged, type UnreadPicture } from "./unread-picture.ts";

/** What the chunks say. `icc` is the embedded colour profile. */
export type WebpHeader = {
  readonly format: "webp";
  /** Of the whole canvas. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly icc: Uint8Array | null;
  /** The picture, or an animation's first one: a WebP file of its own, and its place on the canvas. */
  readonly frame: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
    readonly still: Uint8Array;
  };
};

type Chunk = { readonly type: string; readonly body: Uint8Array };

const ALPHA_FLAG = 0x10;

/** Reads the chunks. Of an animation it gives the first picture. */
export function webpHeader(bytes: Uint8Array): WebpHeader | UnreadPicture {
  const end = 8 + u32le(bytes, 4);
  if (end > bytes.length) return cut("WEBP", `the part after byte ${bytes.length} of ${end}`);
  const chunks = chunksOf(bytes.subarray(12, end));
  if (chunks === null) return damaged("WEBP", "a chunk reaches beyond its end");
  const find = (type: string) => chunks.find((chunk) => chunk.type === type)?.body;
  const animated = find("ANMF");
  const frame =
    animated === undefined ? stillFrame(chunks, bytes.subarray(0, end)) : animationFrame(animated);
  if (frame === null) return damaged("WEBP", "it has no picture");
  const canvas = find("VP8X");
  const [width, height] =
    canvas === undefined ? [frame.width, frame.height] : [1 + u24le(canvas, 4), 1 + u24le(canvas, 7)];
  if (frame.width > width || frame.height > height) {
    return damaged(
      "WEBP",
      `its picture of ${frame.width} x ${frame.height} exceeds ${width} x ${height} pixels`,
    );
  }
  const exif = find("EXIF");
  return {
    format: "webp",
    width,
    height,
    orientation: exif === undefined ? 1 : exifOrientation(exif),
    icc: find("ICCP") ?? null,
    frame,
  };
}

/** Null where the last chunk is longer than what is left. Chunks have even lengths in the file. */
function chunksOf(bytes: Uint8Array): readonly Chunk[] | null {
  const chunks: Chunk[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = u32le(bytes, at + 4);
    if (at + 8 + length > bytes.length) return null;
    chunks.push({ type: latin1(bytes, at, 4), body: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function stillFrame(chunks: readonly Chunk[], still: Uint8Array): WebpHeader["frame"] | null {
  const size = bitstreamSize(chunks);
  return size === null ? null : { left: 0, top: 0, ...size, still };
}

/** The size that the compressed picture itself says. */
function bitstreamSize(chunks: readonly Chunk[]): { width: number; height: number } | null {
  const lossy = chunks.find(({ type }) => type === "VP8 ")?.body;
  if (lossy !== undefined) {
    if (!hasText(lossy, 3, "\x9d\x01\x2a") || lossy.length < 10) return null;
    return { width: u16le(lossy, 6) & 0x3fff, height: u16le(lossy, 8) & 0x3fff };
  }
  const lossless = chunks.find(({ type }) => type === "VP8L")?.body;
  if (lossless === undefined || lossless[0] !== 0x2f || lossless.length < 5) return null;
  const packed = u32le(lossless, 1);
  return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
}

/** A frame of an animation lacks the headers of a file: they are put before it. */
function animationFrame(body: Uint8Array): WebpHeader["frame"] | null {
  const chunks = body.length < 16 ? null : chunksOf(body.subarray(16));
  const size = chunks === null ? null : bitstreamSize(chunks);
  if (chunks === null || size === null) return null;
  const parts = chunks.filter(({ type }) => ["ALPH", "VP8 ", "VP8L"].includes(type));
  const canvas = new Uint8Array(10);
  if (parts.some(({ type }) => type !== "VP8 ")) canvas[0] = ALPHA_FLAG;
  writeU24(canvas, 4, size.width - 1);
  writeU24(canvas, 7, size.height - 1);
  const still = joined([
    latin1Bytes("RIFF"),
    new Uint8Array(4),
    latin1Bytes("WEBP"),
    ...chunk("VP8X", canvas),
    ...parts.flatMap(({ type, body }) => chunk(type, body)),
  ]);
  new DataView(still.buffer).setUint32(4, still.length - 8, true);
  return { left: 2 * u24le(body, 0), top: 2 * u24le(body, 3), ...size, still };
}

function chunk(type: string, body: Uint8Array): readonly Uint8Array[] {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, body.length, true);
  return [latin1Bytes(type), length, body, new Uint8Array(body.length % 2)];
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function writeU24(bytes: Uint8Array, at: number, value: number): void {
  for (let index = 0; index < 3; index++) bytes[at + index] = value >>> (8 * index);
}
