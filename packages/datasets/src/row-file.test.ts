import type { RowDataset, ValueRowDataset } from "@tributary/model";
import { expect, test } from "vitest";
import { formatRowFile, parseRowFile } from "./row-file.ts";

const labelled: RowDataset = {
  kind: "rows",
  features: 2,
  classes: 3,
  count: 3,
  rows: Float32Array.of(0.5, -1, 2, 0, 1e-3, -0),
  labels: Uint8Array.of(0, 2, 1),
};
const numbered: ValueRowDataset = {
  kind: "value-rows",
  features: 2,
  count: 3,
  rows: labelled.rows,
  values: Float32Array.of(-1, 0, 2.5),
};

test("[D32] rows come back from their file as they were, wherever its bytes lie", () => {
  for (const dataset of [labelled, numbered]) {
    const file = formatRowFile(dataset);
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    expect(parseRowFile(file)).toEqual(dataset);
    expect(parseRowFile(shifted.subarray(1))).toEqual(dataset);
  }
  const file = formatRowFile(labelled);
  expect([...file.subarray(0, 20)]).toEqual([
    0x54, 0x42, 0x52, 0x31, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 63,
  ]);
});

test("[D32] a file of another format or length, a label out of range and a value that is not finite are refused", () => {
  const file = formatRowFile(labelled);
  expect(() => parseRowFile(file.subarray(0, -1))).toThrow(/expected 43 bytes for 3 rows of 2, got 42/);
  expect(() => parseRowFile(Uint8Array.of(0x1f, 0x8b))).toThrow(/begins with TBR1, got "1f 8b"/);
  expect(() => parseRowFile(new Uint8Array())).toThrow(/TBR1/);
  expect(() => parseRowFile(formatRowFile({ ...labelled, labels: Uint8Array.of(0, 3, 1) }))).toThrow(
    /labels below 3, got 3 at 1/,
  );
  const values = Float32Array.of(0, Number.NaN, 1);
  expect(() => parseRowFile(formatRowFile({ ...numbered, values }))).toThrow(/finite values, got NaN at 1/);
});
