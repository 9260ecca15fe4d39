import { expect, test } from "vitest";
import { float16Bits, float16Value, MAX_FLOAT16 } from "./float16.ts";

test("[P11] every one of the 65,536 halves comes back as itself", () => {
  let nans = 0;
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = float16Value(bits);
    if (Number.isNaN(value)) nans += 1;
    else expect(float16Bits(value)).toBe(bits);
  }
  expect(nans).toBe(2 * 1023);
});

test("[P11] a value between two halves goes to the nearer, a tie to the even one", () => {
  let ties = 0;
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [float16Value(bits), float16Value(bits + 1)];
    const middle = (low + high) / 2;
    const gap = high - low;
    expect(float16Bits(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
    expect(float16Bits(middle - gap / 8)).toBe(bits);
    expect(float16Bits(-(middle + gap / 8))).toBe(0x8000 | (bits + 1));
    ties += 1;
  }
  expect(ties).toBe(0x7bff);
});

test("[P11] what float16 cannot hold becomes infinite, and NaN stays NaN", () => {
  expect(float16Value(float16Bits(65_519.99))).toBe(MAX_FLOAT16);
  expect(float16Value(float16Bits(65_520))).toBe(Number.POSITIVE_INFINITY);
  expect(float16Value(float16Bits(-1e30))).toBe(Number.NEGATIVE_INFINITY);
  expect(float16Value(float16Bits(Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
  expect(float16Value(float16Bits(Number.NaN))).toBeNaN();
  expect(Object.is(float16Value(float16Bits(-1e-30)), -0)).toBe(true);
});
