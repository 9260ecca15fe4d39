import { expect, test } from "vitest";
import { canaryPixels, isSame } from "./canary.ts";
import { withinTime } from "./time-limit.ts";

test("[E39] a canvas that gives noise is told from one that gives back what was drawn", () => {
  const drawn = canaryPixels();
  expect(new Set(drawn).size).toBeGreaterThan(50);
  expect(isSame(drawn, drawn.slice())).toBe(true);
  expect(
    isSame(
      drawn,
      drawn.map((value) => value ^ 1),
    ),
  ).toBe(true);
  expect(
    isSame(
      drawn,
      drawn.map((_, at) => (at * 83) % 256),
    ),
  ).toBe(false);
  expect(isSame(drawn, new Uint8ClampedArray(drawn.length).fill(255))).toBe(false);
});

test("[E40] a storage that says nothing is given up with words", async () => {
  await expect(withinTime(new Promise(() => undefined), 1, "the storage is silent")).rejects.toThrow(
    "the storage is silent",
  );
  expect(await withinTime(Promise.resolve(3), 1000, "")).toBe(3);
  await expect(withinTime(Promise.reject(new Error("full")), 1000, "")).rejects.toThrow("full");
});
