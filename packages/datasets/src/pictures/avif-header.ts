/** The boxes of an AVIF file (ISO/IEC 23008-12): the primary item's properties, and where the items' bytes lie. */
import { latin1, u16be, u32be } from "./bytes.ts";
import type { Orientation } from "./orientation.ts";
import { cut, damaged, type UnreadPicture } from "./unread-picture.ts";

/** What the boxes say. `icc` is the embedded colour profile. */
export type AvifHeader = {
  readonly format: "avif";
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly icc: Uint8Array | null;
};

type Box = { readonly type: string; readonly body: Uint8Array };

/** Reads the boxes and checks that every byte that they speak of is there. */
export function avifHeader(bytes: Uint8Array): AvifHeader | UnreadPicture {
  const top = boxesOf(bytes);
  if (top === null) return cut("AVIF", "the end of a box");
  const meta = top.find(({ type }) => type === "meta")?.body;
  if (meta === undefined) return cut("AVIF", "the box that describes it");
  const boxes = boxesOf(meta.subarray(4));
  if (boxes === null) return damaged("AVIF", "a box is longer than the one around it");
  const find = (type: string) => boxes.find((box) => box.type === type)?.body;
  const locations = find("iloc");
  if (locations !== undefined && furthestByte(locations) > bytes.length)
    return cut("AVIF", "a part of its data");
  const properties = primaryProperties(find("pitm"), find("iprp"));
  const size = properties.find(({ type }) => type === "ispe")?.body;
  if (size === undefined || size.length < 12) return damaged("AVIF", "it does not say its size");
  return {
    format: "avif",
    width: u32be(size, 4),
    height: u32be(size, 8),
    orientation: turned(properties),
    icc: embeddedProfile(properties),
  };
}

/** Null where a box reaches beyond the end. A size of 0 means: to the end. */
function boxesOf(bytes: Uint8Array): readonly Box[] | null {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = u32be(bytes, at);
    const isLong = size === 1;
    const length = isLong
      ? u32be(bytes, at + 8) * 2 ** 32 + u32be(bytes, at + 12)
      : size || bytes.length - at;
    const head = isLong ? 16 : 8;
    if (length < head || at + length > bytes.length) return null;
    boxes.push({ type: latin1(bytes, at + 4, 4), body: bytes.subarray(at + head, at + length) });
    at += length;
  }
  return boxes;
}

/** The properties that the primary item is associated with, in their order. */
function primaryProperties(primary: Uint8Array | undefined, iprp: Uint8Array | undefined): readonly Box[] {
  if (primary === undefined || iprp === undefined) return [];
  const boxes = boxesOf(iprp) ?? [];
  const all = boxesOf(boxes.find(({ type }) => type === "ipco")?.body ?? new Uint8Array()) ?? [];
  const item = primary[0] === 0 ? u16be(primary, 4) : u32be(primary, 4);
  const associations = boxes
    .filter(({ type }) => type === "ipma")
    .flatMap(({ body }) => associated(body, item));
  return associations.flatMap((index) => all[index - 1] ?? []);
}

/** The indices, from 1, of the properties of `item` in a box "ipma". */
function associated(ipma: Uint8Array, item: number): readonly number[] {
  const isWide = ((ipma[3] ?? 0) & 1) === 1;
  const hasLongIds = (ipma[0] ?? 0) >= 1;
  let at = 8;
  for (let entry = 0; entry < u32be(ipma, 4) && at < ipma.length; entry++) {
    const id = hasLongIds ? u32be(ipma, at) : u16be(ipma, at);
    at += hasLongIds ? 4 : 2;
    const count = ipma[at++] ?? 0;
    const index = (place: number) =>
      isWide ? u16be(ipma, at + 2 * place) & 0x7fff : (ipma[at + place] ?? 0) & 0x7f;
    if (id === item) return Array.from({ length: count }, (_, place) => index(place));
    at += count * (isWide ? 2 : 1);
  }
  return [];
}

/** Turning the orientation by 90 degrees against the clock. */
const TURNED: Readonly<Record<Orientation, Orientation>> = { 1: 8, 8: 3, 3: 6, 6: 1, 2: 5, 5: 4, 4: 7, 7: 2 };
/** Exchanging top and bottom, or left and right, after the orientation. */
const UPSIDE_DOWN: Readonly<Record<Orientation, Orientation>> = {
  1: 4,
  4: 1,
  2: 3,
  3: 2,
  5: 8,
  8: 5,
  6: 7,
  7: 6,
};
const MIRRORED: Readonly<Record<Orientation, Orientation>> = {
  1: 2,
  2: 1,
  3: 4,
  4: 3,
  5: 6,
  6: 5,
  7: 8,
  8: 7,
};

/** The boxes "irot" (quarter turns against the clock) and "imir" are applied in the order in which they stand. */
function turned(properties: readonly Box[]): Orientation {
  let orientation: Orientation = 1;
  for (const { type, body } of properties) {
    const value = (body[0] ?? 0) & 3;
    if (type === "irot") for (let turn = 0; turn < value; turn++) orientation = TURNED[orientation];
    if (type === "imir") orientation = (value & 1) === 0 ? UPSIDE_DOWN[orientation] : MIRRORED[orientation];
  }
  return orientation;
}

function embeddedProfile(properties: readonly Box[]): Uint8Array | null {
  const profile = properties.find(
    ({ type, body }) => type === "colr" && ["prof", "rICC"].includes(latin1(body, 0, 4)),
  );
  return profile?.body.subarray(4) ?? null;
}

/** The end of the furthest extent in a box "iloc", counted from the file's start; 0 for items that lie elsewhere. */
function furthestByte(iloc: Uint8Array): number {
  const version = iloc[0] ?? 0;
  const [offsetSize, lengthSize, baseSize, lowSize] = nibbles(iloc[4] ?? 0, iloc[5] ?? 0);
  const indexSize = version > 0 ? lowSize : 0;
  const extentSize = indexSize + offsetSize + lengthSize;
  const idSize = version < 2 ? 2 : 4;
  let furthest = 0;
  for (let at = 6 + idSize; at < iloc.length; ) {
    const method = version > 0 ? u16be(iloc, at + idSize) & 15 : 0;
    at += idSize + (version > 0 ? 4 : 2);
    const base = sized(iloc, at, baseSize);
    const extents = u16be(iloc, at + baseSize);
    at += baseSize + 2;
    const last = Math.min(at + extents * extentSize, iloc.length);
    for (; at < last; at += extentSize) {
      const offset = base + sized(iloc, at + indexSize, offsetSize);
      const length = sized(iloc, at + indexSize + offsetSize, lengthSize);
      if (method === 0) furthest = Math.max(furthest, offset + length);
    }
  }
  return furthest;
}

function nibbles(first: number, second: number): readonly [number, number, number, number] {
  return [first >> 4, first & 15, second >> 4, second & 15];
}

/** A number of 0, 2, 4 or 8 bytes. */
function sized(bytes: Uint8Array, at: number, size: number): number {
  if (size === 8) return u32be(bytes, at) * 2 ** 32 + u32be(bytes, at + 4);
  return size === 4 ? u32be(bytes, at) : size === 2 ? u16be(bytes, at) : 0;
}
