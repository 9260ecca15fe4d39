import { expect, test } from "vitest";
import { tenthsOf } from "./value-tenths.ts";

test("[D33] a number's tenth is that of its rank, and equal numbers follow in their order", () => {
  const values = Float32Array.from({ length: 40 }, (_, at) => (at * 7) % 40);
  const tenths = tenthsOf(values);
  expect(Array.from(tenths)).toEqual(Array.from(values, (value) => Math.floor(value / 4)));
  expect([...tenthsOf(Float32Array.of(5, 5, 5, 5, 5))]).toEqual([0, 2, 4, 6, 8]);
  expect([...tenthsOf(new Float32Array())]).toEqual([]);
});
