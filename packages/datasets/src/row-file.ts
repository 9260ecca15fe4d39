/**
 * Rows of a table as one file, ready for a network: what a server lends to volunteers without a file of their own.
 *
 *     bytes 0..3   "TBR1"
 *     bytes 4..15  three uint32: classes (0: each row has a number), features, rows
 *     then         rows x features float32, row by row, standardised
 *     then         rows bytes, the labels; or rows float32, the standardised numbers
 *
 * Everything is little-endian.
 */
import type { RowDataset, ValueRowDataset } from "@tributary/model";

const magic = [0x54, 0x42, 0x52, 0x31];
const headerBytes = 16;

/** The file of a data set. */
export function formatRowFile(dataset: RowDataset | ValueRowDataset): Uint8Array {
  const { features, count, rows } = dataset;
  const classes = dataset.kind === "rows" ? dataset.classes : 0;
  const file = new Uint8Array(sizeOf(classes, features, count));
  const view = new DataView(file.buffer);
  file.set(magic);
  for (const [at, value] of [classes, features, count].entries()) view.setUint32(4 + 4 * at, value, true);
  writeFloats(view, headerBytes, rows);
  const after = headerBytes + 4 * rows.length;
  if (dataset.kind === "rows") file.set(dataset.labels, after);
  else writeFloats(view, after, dataset.values);
  return file;
}

/**
 * The data set of a file. Throws an Error that quotes what is wrong: another format or length, a value that is not finite, a
 * label of `classes` or above.
 */
export function parseRowFile(file: Uint8Array): RowDataset | ValueRowDataset {
  if (file.length < headerBytes || magic.some((byte, at) => file[at] !== byte)) {
    const start = Array.from(file.subarray(0, 4), (byte) => byte.toString(16)).join(" ");
    throw new Error(`expected a file of rows, which begins with TBR1, got "${start}"`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [classes, features, count] = [4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  const expected = sizeOf(classes, features, count);
  if (file.length !== expected) {
    throw new Error(`expected ${expected} bytes for ${count} rows of ${features}, got ${file.length}`);
  }
  const rows = readFloats(view, headerBytes, count * features);
  const after = headerBytes + 4 * rows.length;
  if (classes === 0) {
    return { kind: "value-rows", features, count, rows, values: readFloats(view, after, count) };
  }
  return { kind: "rows", features, classes, count, rows, labels: readLabels(file.slice(after), classes) };
}

function sizeOf(classes: number, features: number, count: number): number {
  return headerBytes + 4 * count * features + (classes === 0 ? 4 : 1) * count;
}

function writeFloats(view: DataView, offset: number, values: Float32Array): void {
  for (let at = 0; at < values.length; at++) view.setFloat32(offset + 4 * at, values[at] as number, true);
}

function readFloats(view: DataView, offset: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let at = 0; at < count; at++) values[at] = view.getFloat32(offset + 4 * at, true);
  const strange = values.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) throw new Error(`expected finite values, got ${values[strange]} at ${strange}`);
  return values;
}

function readLabels(labels: Uint8Array, classes: number): Uint8Array {
  const strange = labels.findIndex((label) => label >= classes);
  if (strange < 0) return labels;
  throw new Error(`expected labels below ${classes}, got ${labels[strange]} at ${strange}`);
}
