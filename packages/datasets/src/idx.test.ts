import fc from "fast-check";
import { expect, test } from "vitest";
import { datasetFromIdx, takeExamples } from "./examples.ts";
import { formatIdx, parseIdx } from "./idx.ts";

test("[D1] an IDX array comes back as it was written, from any offset in a buffer", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }), fc.nat(3), (shape, shift) => {
      const values = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => at % 251);
      const bytes = formatIdx(shape, values);
      const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
      shifted.set(bytes);
      expect(parseIdx(shifted)).toEqual({ shape, values });
    }),
    { seed: 1 },
  );
});

test.each([
  [[], "got no bytes"],
  [[0x1f, 0x8b, 8, 0], "got 1f 8b 08 00"],
  [[0, 0, 0x0d, 1, 0, 0, 0, 0], "expected IDX type 0x08 (unsigned byte), got 0x0d"],
  [[0, 0, 0x0b, 1, 0, 0, 0, 0], "got 0x0b (16-bit integer): write the values as unsigned bytes"],
  [[0, 0, 0x09, 1, 0, 0, 0, 0], "got 0x09 (signed byte)"],
  [[0, 0, 0x55, 1, 0, 0, 0, 0], "got 0x55"],
  [[1, 8, 0, 0, 2, 0, 0, 0, 5, 6], "got little-endian 01 08 00 00: write it big-endian"],
  [[0, 0, 8, 2, 2, 0, 0, 0, 1, 0, 0, 0, 5, 6], "got little-endian sizes [2, 1]: write it big-endian"],
  [[0, 0, 8, 3, 0, 0], "expected an IDX header of 3 dimensions, got a file of 6 bytes"],
  [[0, 0, 8, 0], "expected an IDX header of 0 dimensions, got a file of 4 bytes"],
  [[0, 0, 8, 1, 0, 0, 0, 3, 1, 2], "expected 3 values for shape [3], got 2 bytes"],
  [[0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff], "expected 4294967295 values for shape [4294967295], got 0 bytes"],
])("[D2] what is no IDX file of bytes is refused with what it holds: %j", (bytes, reason) => {
  expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(reason);
});

const images = (shape: readonly number[]) =>
  formatIdx(
    shape,
    Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => at % 256),
  );
const labels = (...values: number[]) => formatIdx([values.length], Uint8Array.from(values));

test("[D3] images with and without a channel axis become one kind of data set", () => {
  expect(datasetFromIdx(images([2, 4, 5]), labels(1, 0), 2)).toMatchObject({
    image: [4, 5, 1],
    count: 2,
    classes: 2,
  });
  expect(datasetFromIdx(images([2, 4, 5, 3]), labels(1, 0), 2)).toMatchObject({ image: [4, 5, 3], count: 2 });
});

test.each([
  [images([2, 20]), labels(0, 1), "expected images [N, H, W] or [N, H, W, C], got shape [2, 20]"],
  [images([2, 4, 4]), labels(0, 1, 1), "expected 2 labels, one per image, got shape [3]"],
  [images([2, 4, 4]), labels(0, 7), "expected labels below 2, got 7 at 1"],
  [images([2, 3, 4]), labels(0, 1), "got 3x4x1"],
  [images([2, 4, 4, 5]), labels(0, 1), "got 4x4x5"],
])("[D2] images and labels that do not fit are refused with both", (pictures, answers, reason) => {
  expect(() => datasetFromIdx(pictures, answers, 2)).toThrow(reason);
});

test("[D2] an example outside a data set is refused with its number", () => {
  const whole = datasetFromIdx(images([8, 4, 4]), labels(1, 1, 1, 0, 2, 0, 2, 0), 3);
  expect([...takeExamples(whole, [4, 0]).labels]).toEqual([2, 1]);
  expect(() => takeExamples(whole, [8])).toThrow("expected an example below 8, got 8");
});
