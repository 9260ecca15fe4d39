import { expect, test } from "vitest";
import { iidSplit, splitByGroup } from "./plain-splits.ts";

test("[D26] an iid split deals every example once, in parts of equal size, the same way for the same seed", () => {
  const split = (seed: number) => iidSplit({ count: 23, clients: 4, seed });
  expect(split(1).map(({ length }) => length)).toEqual([6, 6, 6, 5]);
  const dealt = split(1).flatMap((part) => [...part]);
  expect(dealt.sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, at) => at));
  for (const part of split(2)) expect([...part]).toEqual([...part].sort((a, b) => a - b));
  expect(split(1)).toEqual(split(1));
  expect(split(1)).not.toEqual(split(2));
  expect(() => iidSplit({ count: 3, clients: 4, seed: 0 })).toThrow(
    "expected 1..3 clients for 3 examples, got 4",
  );
  expect(() => iidSplit({ count: 3, clients: 0, seed: 0 })).toThrow("got 0");
});

test("[D26] a split by group gives each value its own client, in order of the values, down to one example", () => {
  expect(splitByGroup(["TX", "CA", "TX", "", "NY", "CA", "constructor"])).toEqual([
    { group: "", indices: Uint32Array.of(3) },
    { group: "CA", indices: Uint32Array.of(1, 5) },
    { group: "NY", indices: Uint32Array.of(4) },
    { group: "TX", indices: Uint32Array.of(0, 2) },
    { group: "constructor", indices: Uint32Array.of(6) },
  ]);
  expect(splitByGroup([])).toEqual([]);
});
