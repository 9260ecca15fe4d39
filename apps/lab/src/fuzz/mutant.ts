/** Damaged files, drawn from whole ones: what people bring, and what somebody would bring on purpose. */
import { crc32 } from "@tributary/datasets";
import type { Rng } from "@tributary/model";

type Change = (bytes: Uint8Array, rng: Rng) => Uint8Array;

/** Large and odd numbers for places where a header may hold a length or a size. */
const NUMBERS = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x2000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0xffffffff,
];
/** Sizes stand near a file's beginning. */
const HEADER_BYTES = 64;

const CHANGES: readonly Change[] = [
  cut,
  flipBits,
  writeNumber,
  removePart,
  repeatPart,
  swapParts,
  appendNoise,
];

/** One of `files` with one to four changes. The same rng gives the same bytes. */
export function mutant(files: readonly Uint8Array[], rng: Rng): Uint8Array {
  let bytes = new Uint8Array(files[rng.integer(files.length)] ?? new Uint8Array());
  const changes = 1 + below(4, rng);
  for (let at = 0; at < changes; at++) {
    const change = CHANGES[below(CHANGES.length, rng)] as Change;
    bytes = new Uint8Array(change(bytes, rng));
  }
  // Wrong checksums would hide every other fault of a PNG.
  return rng.uniform() < 0.75 ? withChecksums(bytes) : bytes;
}

/** A whole number below `limit`, or 0 where that is 0. */
function below(limit: number, rng: Rng): number {
  return limit === 0 ? 0 : rng.integer(limit);
}

function cut(bytes: Uint8Array, rng: Rng): Uint8Array {
  return bytes.subarray(0, below(bytes.length + 1, rng));
}

function flipBits(bytes: Uint8Array, rng: Rng): Uint8Array {
  if (bytes.length === 0) return bytes;
  const flips = 1 + below(8, rng);
  for (let at = 0; at < flips; at++) (bytes[below(bytes.length, rng)] as number) ^= 1 << below(8, rng);
  return bytes;
}

function writeNumber(bytes: Uint8Array, rng: Rng): Uint8Array {
  const room = rng.uniform() < 0.7 ? Math.min(HEADER_BYTES, bytes.length) : bytes.length;
  const width = [1, 2, 4][below(3, rng)] as number;
  const value = NUMBERS[below(NUMBERS.length, rng)] as number;
  const at = below(room, rng);
  const isBigEndian = rng.uniform() < 0.5;
  for (let byte = 0; byte < width && at + byte < bytes.length; byte++) {
    const place = isBigEndian ? width - 1 - byte : byte;
    bytes[at + byte] = Math.floor(value / 256 ** place) % 256;
  }
  return bytes;
}

function removePart(bytes: Uint8Array, rng: Rng): Uint8Array {
  const [from, to] = part(bytes, rng);
  return joined(bytes.subarray(0, from), bytes.subarray(to));
}

function repeatPart(bytes: Uint8Array, rng: Rng): Uint8Array {
  const [from, to] = part(bytes, rng);
  const times = 1 + below(20, rng);
  const repeated = Array.from({ length: times }, () => bytes.subarray(from, to));
  return joined(bytes.subarray(0, to), ...repeated, bytes.subarray(to));
}

function swapParts(bytes: Uint8Array, rng: Rng): Uint8Array {
  const [from, to] = part(bytes, rng);
  return joined(bytes.subarray(0, from), bytes.subarray(to), bytes.subarray(from, to));
}

function appendNoise(bytes: Uint8Array, rng: Rng): Uint8Array {
  return joined(
    bytes,
    Uint8Array.from({ length: below(300, rng) }, () => below(256, rng)),
  );
}

function part(bytes: Uint8Array, rng: Rng): readonly [from: number, to: number] {
  const from = below(bytes.length, rng);
  return [from, Math.min(bytes.length, from + 1 + below(200, rng))];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Of a PNG, up to the chunk that is longer than what is left, the bytes with right checksums. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0) !== 0x89504e47) return bytes;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) break;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
  return bytes;
}
