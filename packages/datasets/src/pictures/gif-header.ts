/** The blocks of a GIF file, up to its trailer (GIF89a specification). */
import { u16le } from "./bytes.ts";
import { cut, damaged, type UnreadPicture } from "./unread-picture.ts";

/** What the blocks say of the canvas and of the first picture. */
export type GifHeader = {
  readonly format: "gif";
  /** Of the whole canvas. */
  readonly width: number;
  readonly height: number;
  readonly orientation: 1;
  /** The first picture, which may cover a part of the canvas. */
  readonly frame: GifFrame;
};

/** A picture on the canvas, not yet decompressed. */
export type GifFrame = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
  /** Red, green, blue of each entry. */
  readonly palette: Uint8Array;
  /** The palette's entry that shows what lies below, or null. */
  readonly transparent: number | null;
  /** Bits of the first codes, less one. */
  readonly codeBits: number;
  /** The codes, in sub-blocks of up to 255 bytes. */
  readonly data: readonly Uint8Array[];
};

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/** Reads the blocks. Of an animation it gives the first picture. */
export function gifHeader(bytes: Uint8Array): GifHeader | UnreadPicture {
  const globalPalette = paletteAt(bytes, 13, bytes[10] ?? 0);
  let frame: GifFrame | null = null;
  let transparent: number | null = null;
  let at = 13 + globalPalette.length;
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === TRAILER) return headerOf(bytes, frame);
    if (block === EXTENSION) {
      if (bytes[at + 1] === 0xf9) transparent = (bytes[at + 3] ?? 0) & 1 ? (bytes[at + 6] ?? 0) : null;
      at = endOfSubBlocks(bytes, at + 2);
    } else if (block === IMAGE) {
      frame ??= frameAt(bytes, at, globalPalette, transparent);
      const palette = paletteAt(bytes, at + 10, bytes[at + 9] ?? 0);
      at = endOfSubBlocks(bytes, at + 11 + palette.length);
    } else return damaged("GIF", `byte ${at} begins no block`);
  }
  return cut("GIF", "its end");
}

/** Empty where `flags` say that there is none. */
function paletteAt(bytes: Uint8Array, at: number, flags: number): Uint8Array {
  return flags & 0x80 ? bytes.subarray(at, at + 3 * 2 ** ((flags & 7) + 1)) : bytes.subarray(0, 0);
}

function endOfSubBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += (bytes[at] as number) + 1;
  return at + 1;
}

function frameAt(
  bytes: Uint8Array,
  at: number,
  globalPalette: Uint8Array,
  transparent: number | null,
): GifFrame {
  const flags = bytes[at + 9] ?? 0;
  const ownPalette = paletteAt(bytes, at + 10, flags);
  const codesAt = at + 10 + ownPalette.length;
  return {
    left: u16le(bytes, at + 1),
    top: u16le(bytes, at + 3),
    width: u16le(bytes, at + 5),
    height: u16le(bytes, at + 7),
    isInterlaced: (flags & 0x40) !== 0,
    palette: ownPalette.length > 0 ? ownPalette : globalPalette,
    transparent,
    codeBits: bytes[codesAt] ?? 0,
    data: subBlocks(bytes, codesAt + 1),
  };
}

function subBlocks(bytes: Uint8Array, from: number): readonly Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = from; at < bytes.length && bytes[at] !== 0; at += (bytes[at] as number) + 1) {
    blocks.push(bytes.subarray(at + 1, at + 1 + (bytes[at] as number)));
  }
  return blocks;
}

function headerOf(bytes: Uint8Array, frame: GifFrame | null): GifHeader | UnreadPicture {
  const [width, height] = [u16le(bytes, 6), u16le(bytes, 8)];
  if (frame === null) return damaged("GIF", "it has no picture");
  if (frame.width > width || frame.height > height) {
    return damaged(
      "GIF",
      `its picture of ${frame.width} x ${frame.height} exceeds ${width} x ${height} pixels`,
    );
  }
  if (frame.codeBits < 1 || frame.codeBits > 8)
    return damaged("GIF", `its codes begin with ${frame.codeBits} bits`);
  if (frame.palette.length === 0) return damaged("GIF", "its palette is missing");
  return { format: "gif", width, height, orientation: 1, frame };
}
