/** The IDX format of MNIST and similar sets (yann.lecun.com/exdb/mnist): unsigned bytes only, not compressed. */

/** An array of any rank, row-major. `values` has as many bytes as `shape` multiplies to. */
export type IdxArray = { readonly shape: readonly number[]; readonly values: Uint8Array };

const UNSIGNED_BYTE = 0x08;

/** The types of the format; only the first is read. */
const types: ReadonlyMap<number, string> = new Map([
  [UNSIGNED_BYTE, "unsigned byte"],
  [0x09, "signed byte"],
  [0x0b, "16-bit integer"],
  [0x0c, "32-bit integer"],
  [0x0d, "32-bit float"],
  [0x0e, "64-bit float"],
]);

/** Reads an IDX array of unsigned bytes, row-major. `values` is a copy. Throws an Error that quotes what is wrong. */
export function parseIdx(bytes: Uint8Array): IdxArray {
  const dimensions = rankOf(bytes);
  const header = 4 + 4 * dimensions;
  if (dimensions < 1 || bytes.length < header) {
    throw new Error(
      `expected an IDX header of ${dimensions} dimensions, got a file of ${bytes.length} bytes`,
    );
  }
  const shape = shapeOf(bytes, dimensions, false);
  const size = sizeOf(shape);
  if (bytes.length !== header + size) {
    const swapped = shapeOf(bytes, dimensions, true);
    if (bytes.length === header + sizeOf(swapped)) throw littleEndian(`sizes [${swapped.join(", ")}]`);
    throw new Error(
      `expected ${size} values for shape [${shape.join(", ")}], got ${bytes.length - header} bytes`,
    );
  }
  return { shape, values: bytes.slice(header) };
}

function rankOf(bytes: Uint8Array): number {
  const [zero, nothing, type, dimensions] = bytes;
  if (types.has(nothing ?? 0) && type === 0 && dimensions === 0) throw littleEndian(hexOf(bytes, 4));
  if (zero !== 0 || nothing !== 0 || type === undefined || dimensions === undefined) {
    throw new Error(`expected an IDX file (two zero bytes, a type and a rank), got ${hexOf(bytes, 4)}`);
  }
  if (type !== UNSIGNED_BYTE) {
    const named = types.get(type);
    const words = named === undefined ? "" : ` (${named}): write the values as unsigned bytes, 0 to 255`;
    throw new Error(`expected IDX type 0x08 (unsigned byte), got 0x${hex(type)}${words}`);
  }
  return dimensions;
}

function littleEndian(got: string): Error {
  return new Error(
    `expected an IDX header in big-endian order, got little-endian ${got}: write it big-endian`,
  );
}

function shapeOf(bytes: Uint8Array, dimensions: number, isLittleEndian: boolean): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: dimensions }, (_, at) => view.getUint32(4 + 4 * at, isLittleEndian));
}

/** The IDX bytes of an array of unsigned bytes. Throws where shape and values disagree. */
export function formatIdx(shape: readonly number[], values: Uint8Array): Uint8Array {
  if (shape.length < 1 || shape.length > 255)
    throw new Error(`expected 1..255 dimensions, got ${shape.length}`);
  if (sizeOf(shape) !== values.length) {
    throw new Error(`expected ${sizeOf(shape)} values for shape [${shape.join(", ")}], got ${values.length}`);
  }
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + values.length);
  bytes.set([0, 0, UNSIGNED_BYTE, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [at, length] of shape.entries()) view.setUint32(4 + 4 * at, length);
  bytes.set(values, header);
  return bytes;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function hexOf(bytes: Uint8Array, count: number): string {
  return bytes.length === 0 ? "no bytes" : Array.from(bytes.subarray(0, count), hex).join(" ");
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
