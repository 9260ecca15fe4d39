import type { ImageDataset } from "@tributary/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { centredCrop, fromRgba, toRgba } from "./pixels.ts";
import { countPerClass, spreadIndices } from "./preview.ts";

test("[E28] a colour becomes its luminance for a network that sees one channel", () => {
  const rgba = new Uint8Array([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
  expect([...fromRgba(rgba, 1)]).toEqual([76, 150, 29, 255]);
  expect([...fromRgba(rgba.subarray(0, 4), 3)]).toEqual([255, 0, 0]);
  expect([...fromRgba(rgba.subarray(0, 4), 4)]).toEqual([255, 0, 0, 255]);
  expect(() => fromRgba(rgba, 5)).toThrow("expected 1 to 4 channels, got 5");
});

test("[E28] bytes survive the way to a canvas and back, for every number of channels", () => {
  let checked = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.uint8Array({ minLength: 24, maxLength: 24 }),
      (channels, bytes) => {
        const shape = [2, 3, channels] as const;
        const pixels = bytes.subarray(0, 6 * channels);
        expect([...fromRgba(toRgba(pixels, shape), channels)]).toEqual([...pixels]);
        checked += 1;
      },
    ),
  );
  expect(checked).toBeGreaterThan(50);
});

test("[E28] a picture is cut to the network's shape from its middle, never squeezed", () => {
  expect(centredCrop({ width: 400, height: 200 }, { width: 28, height: 28 })).toEqual({
    x: 100,
    y: 0,
    width: 200,
    height: 200,
  });
  expect(centredCrop({ width: 100, height: 300 }, { width: 20, height: 10 })).toEqual({
    x: 0,
    y: 125,
    width: 100,
    height: 50,
  });
});

test("[E28] the wrong number of bytes for a shape is refused with both numbers", () => {
  expect(() => toRgba(new Uint8Array(5), [2, 3, 1])).toThrow("expected 6 bytes of 2x3x1, got 5");
});

test("[E28] a preview counts every class and spreads over the whole set", () => {
  const dataset: ImageDataset = {
    kind: "images",
    image: [1, 1, 1],
    classes: 3,
    count: 4,
    pixels: new Uint8Array(4),
    labels: new Uint8Array([0, 2, 2, 0]),
  };
  expect(countPerClass(dataset)).toEqual([2, 0, 2]);
  expect(spreadIndices(10, 4)).toEqual([0, 2, 5, 7]);
  expect(spreadIndices(2, 16)).toEqual([0, 1]);
});
