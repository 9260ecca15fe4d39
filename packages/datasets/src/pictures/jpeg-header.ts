/** The markers of a JPEG file, up to the one that ends it (ITU-T T.81, annex B). */
import { hasText, joined, u16be } from "./bytes.ts";
import { exifOrientation, type Orientation } from "./orientation.ts";
import { cut, damaged, type UnreadPicture, variant } from "./unread-picture.ts";

/** What the markers say. `icc` is the embedded colour profile. */
export type JpegHeader = {
  readonly format: "jpeg";
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly icc: Uint8Array | null;
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  readonly components: number;
  /** Some components have fewer samples than pixels. */
  readonly isSubsampled: boolean;
  readonly scans: number;
};

type Frame = Pick<JpegHeader, "width" | "height" | "components" | "isSubsampled">;

/** What the markers have said so far. */
type Seen = {
  frame: Frame | null;
  orientation: Orientation;
  readonly iccParts: Map<number, Uint8Array>;
  scans: number;
};

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;

/** Reads the markers. The pixels' data between them is only searched for its end. */
export function jpegHeader(bytes: Uint8Array): JpegHeader | UnreadPicture {
  const seen: Seen = { frame: null, orientation: 1, iccParts: new Map(), scans: 0 };
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) return damaged("JPEG", `a marker is expected at byte ${at}`);
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) break;
    if (marker === END_OF_IMAGE) return headerOf(seen);
    if (hasNoLength(marker)) continue;
    const length = u16be(bytes, at);
    if (at + 2 > bytes.length || at + length > bytes.length) break;
    if (length < 2) return damaged("JPEG", `a marker's length is ${length}`);
    const fault = takeSegment(seen, marker, bytes.subarray(at + 2, at + length));
    if (fault !== null) return fault;
    at += length;
    if (marker === START_OF_SCAN) at = endOfScan(bytes, at);
  }
  return cut("JPEG", "its end marker");
}

function hasNoLength(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** In a scan's data a byte FF is followed by 00, or by a restart marker; anything else ends the scan. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = bytes.indexOf(0xff, at + 1);
  }
  return bytes.length;
}

function takeSegment(seen: Seen, marker: number, segment: Uint8Array): UnreadPicture | null {
  if (marker === START_OF_SCAN) seen.scans++;
  else if (marker === 0xe1 && hasText(segment, 0, "Exif\0\0")) seen.orientation = exifOrientation(segment);
  else if (marker === 0xe2 && hasText(segment, 0, "ICC_PROFILE\0")) {
    seen.iccParts.set(segment[12] ?? 0, segment.subarray(14));
  } else if (isFrame(marker)) return takeFrame(seen, marker, segment);
  return null;
}

/** SOF0 to SOF15, without the markers for tables that lie among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function takeFrame(seen: Seen, marker: number, segment: Uint8Array): UnreadPicture | null {
  if (seen.frame !== null) return damaged("JPEG", "it has two frames");
  const [precision = 0] = segment;
  const components = segment[5] ?? 0;
  if (marker > 0xc2) return variant("JPEG", `its frame is of type ${marker - 0xc0}`);
  if (precision !== 8) return variant("JPEG", `${precision} bits a sample`);
  if (![1, 3, 4].includes(components)) return variant("JPEG", `${components} colour components`);
  if (segment.length < 6 + 3 * components) return damaged("JPEG", "its frame header is too short");
  const samplings = Array.from({ length: components }, (_, at) => segment[7 + 3 * at]);
  const isSubsampled = new Set(samplings).size > 1;
  seen.frame = { height: u16be(segment, 1), width: u16be(segment, 3), components, isSubsampled };
  return null;
}

function headerOf({ frame, orientation, iccParts, scans }: Seen): JpegHeader | UnreadPicture {
  if (frame === null || scans === 0) return cut("JPEG", "the picture before its end marker");
  const parts = [...iccParts].sort(([a], [b]) => a - b).map(([, part]) => part);
  return { format: "jpeg", ...frame, orientation, icc: parts.length > 0 ? joined(parts) : null, scans };
}
