/** The headers of a BMP file (Windows bitmap, versions 2 to 5). */
import { i32le, u16le, u32le } from "./bytes.ts";
import { cut, damaged, type UnreadPicture, variant } from "./unread-picture.ts";

/** What the headers say, and the rows as they stand. */
export type BmpHeader = {
  readonly format: "bmp";
  readonly width: number;
  readonly height: number;
  readonly orientation: 1;
  /** Bits a pixel: 1, 4 or 8 with a palette; 16, 24 or 32 without. */
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32;
  readonly isTopDown: boolean;
  /** Blue, green, red of each entry, `paletteStep` bytes apart. */
  readonly palette: Uint8Array;
  readonly paletteStep: 3 | 4;
  /** Which bits of a pixel of 16 or 32 bits are red, green, blue and alpha; no bits: always 255. */
  readonly masks: readonly [number, number, number, number];
  /** Bytes a row, a multiple of four. */
  readonly rowBytes: number;
  readonly data: Uint8Array;
};

const CORE_HEADER = 12;
const NO_COMPRESSION = 0;
const BIT_FIELDS = [3, 6];

/** Reads the headers and checks that every row is there. */
export function bmpHeader(bytes: Uint8Array): BmpHeader | UnreadPicture {
  if (bytes.length < 26) return cut("BMP", "its header");
  const headerSize = u32le(bytes, 14);
  const isCore = headerSize === CORE_HEADER;
  if (!isCore && headerSize < 40) return damaged("BMP", `its header says ${headerSize} bytes`);
  if (14 + headerSize > bytes.length) return cut("BMP", "its header");
  const signedHeight = isCore ? u16le(bytes, 20) : i32le(bytes, 22);
  const width = isCore ? u16le(bytes, 18) : i32le(bytes, 18);
  const bits = u16le(bytes, isCore ? 24 : 28);
  const compression = isCore ? NO_COMPRESSION : u32le(bytes, 30);
  if (!isDepth(bits)) return damaged("BMP", `it says ${bits} bits a pixel`);
  if (width < 0) return damaged("BMP", `its width is ${width}`);
  const hasFields = BIT_FIELDS.includes(compression);
  if (compression !== NO_COMPRESSION && !hasFields) return variant("BMP", `compression ${compression}`);
  const height = Math.abs(signedHeight);
  const rowBytes = 4 * Math.ceil((width * bits) / 32);
  const start = u32le(bytes, 10);
  if (start + height * rowBytes > bytes.length) return cut("BMP", "a part of its rows");
  const paletteStep = isCore ? 3 : 4;
  const paletteAt = 14 + headerSize + (hasFields && headerSize === 40 ? 12 : 0);
  const palette = bytes.subarray(
    paletteAt,
    Math.min(paletteAt + paletteStep * 256, Math.max(start, paletteAt)),
  );
  return {
    format: "bmp",
    width,
    height,
    orientation: 1,
    bits,
    isTopDown: signedHeight < 0,
    palette,
    paletteStep,
    masks: hasFields ? masksAt(bytes, 54, headerSize >= 56) : bits === 16 ? MASKS_16 : MASKS_32,
    rowBytes,
    data: bytes.subarray(start, start + height * rowBytes),
  };
}

const MASKS_16 = [0x7c00, 0x03e0, 0x001f, 0] as const;
const MASKS_32 = [0x00ff0000, 0x0000ff00, 0x000000ff, 0] as const;

function isDepth(bits: number): bits is BmpHeader["bits"] {
  return [1, 4, 8, 16, 24, 32].includes(bits);
}

function masksAt(bytes: Uint8Array, at: number, hasAlpha: boolean): BmpHeader["masks"] {
  const mask = (index: number) => u32le(bytes, at + 4 * index);
  return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
}
