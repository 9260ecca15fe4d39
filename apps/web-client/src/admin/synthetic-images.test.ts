import { expect, test } from "vitest";
import { strongestLabel, syntheticImages } from "./synthetic-images.ts";

const set = {
  round: 10,
  final: true,
  imagesPerClass: 1,
  image: [1, 2, 1] as [number, number, number],
  innerStep: 0.4,
  pixels: btoa(String.fromCharCode(0, 128, 255, 7)),
  rows: null,
  labels: [
    [0.7, 0.3],
    [0.2, 0.8],
  ],
};

test("[E33] a synthetic set is unpacked into one image and one label each", () => {
  const images = syntheticImages(set);
  expect(images.map(({ pixels }) => [...pixels])).toEqual([
    [0, 128],
    [255, 7],
  ]);
  expect(images.map(({ label }) => strongestLabel(label))).toEqual([
    { label: 0, share: 0.7 },
    { label: 1, share: 0.8 },
  ]);
});

test("[E33] a synthetic set whose bytes do not fit its labels is refused with both numbers", () => {
  const broken = { ...set, pixels: btoa("abc") };
  expect(() => syntheticImages(broken)).toThrow("expected 2 images of 2 bytes, got 3 bytes");
});
