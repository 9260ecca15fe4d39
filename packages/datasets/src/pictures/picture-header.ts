/** What a file says of itself before any pixel is decoded: its format, its size, and whether it is whole. */
import { type AvifHeader, avifHeader } from "./avif-header.ts";
import { type BmpHeader, bmpHeader } from "./bmp-header.ts";
import { type GifHeader, gifHeader } from "./gif-header.ts";
import { type JpegHeader, jpegHeader } from "./jpeg-header.ts";
import { type PngHeader, pngHeader } from "./png-header.ts";
import { sniffFormat } from "./sniff-format.ts";
import { type UnreadPicture, unread, unreadFormat } from "./unread-picture.ts";
import { type WebpHeader, webpHeader } from "./webp-header.ts";

/** What a whole file of one of the formats that are read says of itself. Width and height are as stored. */
export type PictureHeader = JpegHeader | PngHeader | GifHeader | BmpHeader | WebpHeader | AvifHeader;

/** 12,000 x 12,000: decoded, a picture of so many pixels takes 576 MB. */
export const MAX_PIXELS = 144_000_000;

/** The longest side, in pixels: what JPEG can say. It bounds a row. */
export const MAX_SIDE = 65_535;

/** A picture's work is its pixels times the scans that go over them. Progressive photos have about ten scans. */
const MAX_SCANNED_PIXELS = 20 * MAX_PIXELS;

/**
 * Reads the header of a file and checks that the file is whole, in time linear in its length and without allocating
 * anything of the picture's size. The content says what the format is; names play no part.
 */
export function pictureHeader(bytes: Uint8Array): PictureHeader | UnreadPicture {
  const header = formatHeader(bytes);
  return "outcome" in header ? header : (sizeFault(header) ?? header);
}

function formatHeader(bytes: Uint8Array): PictureHeader | UnreadPicture {
  if (bytes.length === 0) return unread("empty", "The file is empty. Copy or download it again.");
  const format = sniffFormat(bytes);
  switch (format) {
    case "jpeg":
      return jpegHeader(bytes);
    case "png":
      return pngHeader(bytes);
    case "gif":
      return gifHeader(bytes);
    case "bmp":
      return bmpHeader(bytes);
    case "webp":
      return webpHeader(bytes);
    case "avif":
      return avifHeader(bytes);
    case null:
      return unread("unknown", `${beginning(bytes)} That is no known picture format. Use JPEG or PNG.`);
    default:
      return unreadFormat(format);
  }
}

function sizeFault({
  format,
  width,
  height,
  scans,
}: PictureHeader & { scans?: number }): UnreadPicture | null {
  const size = `${width} x ${height} pixels`;
  if (width === 0 || height === 0) {
    return unread("damaged", `The ${format.toUpperCase()} file says ${size}. Export it anew.`);
  }
  if (width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE) {
    return unread(
      "too-large",
      `The picture has ${size}; at most ${MAX_PIXELS / 1e6} million are read, and ${MAX_SIDE} a side. Make it smaller.`,
    );
  }
  if (width * height * (scans ?? 1) > MAX_SCANNED_PIXELS) {
    return unread("too-large", `The picture has ${size} in ${scans} scans. Export it as a baseline JPEG.`);
  }
  return null;
}

function beginning(bytes: Uint8Array): string {
  const first = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `The file begins with the bytes ${first.join(" ")}.`;
}
