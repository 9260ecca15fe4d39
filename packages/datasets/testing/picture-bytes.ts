/** Files that are easier made than kept: sizes that no file should have, and kinds that Pillow does not write. */
import { deflateSync } from "node:zlib";
import { crc32 } from "../src/pictures/index.ts";

/** A PNG chunk with its length and checksum. */
export function pngChunk(type: string, body: Uint8Array): Buffer {
  const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(type, "latin1"), body, Buffer.alloc(4)]);
  whole.writeUInt32BE(body.length, 0);
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), whole.length - 4);
  return whole;
}

/** A PNG of `data`, its unfiltered rows; colour type and depth as in the format. */
export function pngOf(
  width: number,
  height: number,
  { depth = 8, colour = 2, data = new Uint8Array(), extra = [] as readonly Buffer[] },
): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour], 8);
  const parts = [
    pngChunk("IHDR", head),
    ...extra,
    pngChunk("IDAT", deflateSync(data)),
    pngChunk("IEND", Buffer.alloc(0)),
  ];
  return new Uint8Array(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]));
}

/** `bytes` with `values` from `at` on. */
export function patched(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy.set(values, at);
  return copy;
}

/** Where a JPEG's frame header says its height; the width follows. */
export function jpegSizeAt(bytes: Uint8Array): number {
  const at = Buffer.from(bytes).findLastIndex((byte, index) => {
    const isFrame = byte === 0xff && [0xc0, 0xc1, 0xc2].includes(bytes[index + 1] ?? 0);
    return isFrame && bytes[index + 4] === 8;
  });
  return at + 5;
}

/** A BMP with a header of 40 bytes, or 56 with `masks`; `rows` stand as in the file. */
export function bmpOf(
  width: number,
  height: number,
  {
    bits,
    rows,
    palette = [],
    masks = [],
  }: { bits: number; rows: readonly number[]; palette?: readonly number[]; masks?: readonly number[] },
): Uint8Array {
  const headerSize = masks.length > 0 ? 56 : 40;
  const head = Buffer.alloc(14 + headerSize);
  head.write("BM", "latin1");
  head.writeUInt32LE(head.length + palette.length, 10);
  head.writeUInt32LE(headerSize, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(masks.length > 0 ? 3 : 0, 30);
  for (const [at, mask] of masks.entries()) head.writeUInt32LE(mask, 54 + 4 * at);
  return new Uint8Array(Buffer.concat([head, Buffer.from(palette), Buffer.from(rows)]));
}
