import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng, deriveSeed, permutation, restoreRng } from "./rng.ts";
import { cohortSeed, initSeed, localSeed, refineSeed, splitSeed, synthesisSeed } from "./seeds.ts";

test("[A1] a generator restored from its state goes on exactly, in the middle of normals too", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat(50), (seed, before) => {
      const rng = createRng(seed);
      for (let draw = 0; draw < before; draw++) rng.normal();
      const copy = restoreRng(JSON.parse(JSON.stringify(rng.state())));
      const draws = (from: typeof rng) => [from.normal(), from.uniform(), from.integer(10), from.normal()];
      expect(draws(copy)).toEqual(draws(rng));
    }),
    { seed: 1 },
  );
});

test("[A2] uniforms, normals and integers have the moments and shares that they should", () => {
  const rng = createRng(3);
  const count = 100_000;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const uniforms = Array.from({ length: count }, () => rng.uniform());
  const normals = Array.from({ length: count }, () => rng.normal());
  const integers = Array.from({ length: count }, () => rng.integer(7));
  expect(mean(uniforms)).toBeCloseTo(0.5, 2);
  expect(mean(uniforms.map((value) => value ** 2))).toBeCloseTo(1 / 3, 2);
  expect(Math.min(...uniforms)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniforms)).toBeLessThan(1);
  expect(mean(normals)).toBeCloseTo(0, 1);
  expect(mean(normals.map((value) => value ** 2))).toBeCloseTo(1, 1);
  expect(mean(normals.map((value) => value ** 4))).toBeCloseTo(3, 0);
  for (let value = 0; value < 7; value++) {
    expect(integers.filter((drawn) => drawn === value).length / count).toBeCloseTo(1 / 7, 2);
  }
});

test("[A2] near seeds give unlike streams", () => {
  const firsts = Array.from({ length: 1000 }, (_, seed) => createRng(seed).uniform());
  expect(new Set(firsts).size).toBe(1000);
  expect(firsts.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(0.5, 1);
});

test("[A3] a derived seed depends on every label, its kind and its place", () => {
  const seeds = [
    deriveSeed(1),
    deriveSeed(2),
    deriveSeed(1, "a"),
    deriveSeed(1, "b"),
    deriveSeed(1, "a", "b"),
    deriveSeed(1, "b", "a"),
    deriveSeed(1, "ab"),
    deriveSeed(1, "", "ab"),
    deriveSeed(1, 1),
    deriveSeed(1, "1"),
    deriveSeed(1, 11),
    deriveSeed(1, 1, 1),
  ];
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(deriveSeed(1, "local", 3, "shard-2")).toBe(deriveSeed(1, "local", 3, "shard-2"));
});

test("[A3] the streams of a run have seeds of their own, fixed for good", () => {
  const seed = 7;
  expect([
    splitSeed(seed),
    initSeed(seed),
    cohortSeed(seed, 3),
    localSeed(seed, 3, "shard-2"),
    synthesisSeed(seed, 3),
    refineSeed(seed, 3),
  ]).toMatchInlineSnapshot(`
    [
      1611055287,
      35199013,
      2132666662,
      1172318722,
      3144011860,
      3987456070,
    ]
  `);
});

test("[A4] a permutation holds everything once, each order as likely as another", () => {
  const rng = createRng(5);
  const seen = new Map<string, number>();
  for (let draw = 0; draw < 6000; draw++) {
    const order = permutation(3, rng).join("");
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual(["012", "021", "102", "120", "201", "210"]);
  for (const times of seen.values()) expect(times / 1000).toBeCloseTo(1, 0);
  expect(permutation(0, rng)).toHaveLength(0);
});

test("[A4] seeds and bounds out of range are refused with their value", () => {
  expect(() => createRng(-1)).toThrow("expected a seed in 0..4294967295, got -1");
  expect(() => createRng(1.5)).toThrow("got 1.5");
  expect(() => deriveSeed(2 ** 32, "a")).toThrow("got 4294967296");
  expect(() => createRng(1).integer(0)).toThrow("expected a whole bound in 1..2^32, got 0");
});
