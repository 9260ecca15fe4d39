import { expect, test } from "vitest";
import { toRgba } from "./pixels.ts";

test("[E28] the network's bytes are shown as they are, for every number of channels", () => {
  const shape = (channels: number) => [1, 2, channels] as const;
  expect([...toRgba(Uint8Array.of(7, 200), shape(1))]).toEqual([7, 7, 7, 255, 200, 200, 200, 255]);
  expect([...toRgba(Uint8Array.of(7, 9, 200, 0), shape(2))]).toEqual([7, 7, 7, 9, 200, 200, 200, 0]);
  expect([...toRgba(Uint8Array.of(1, 2, 3, 4, 5, 6), shape(3))]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
  const four = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  expect([...toRgba(four, shape(4))]).toEqual([...four]);
});

test("[E28] the wrong number of bytes for a shape is refused with both numbers", () => {
  expect(() => toRgba(new Uint8Array(5), [2, 3, 1])).toThrow("expected 6 bytes of 2x3x1, got 5");
});
