import { createRng } from "@tributary/model";
import { expect, test } from "vitest";
import { dirichletSplit } from "./dirichlet-split.ts";

const CLASSES = 10;

/** 60,000 labels, 6,000 of each class, as Fashion-MNIST has them. */
const labels = Uint8Array.from({ length: 60_000 }, (_, at) => at % CLASSES);

/**
 * Of the splits that DynaFed's authors made of Fashion-MNIST for 80 clients: 746 to 758 examples a client, and how many
 * classes, how many classes of at least 1% of its examples, and what part the largest class makes.
 */
const reference = [
  { alpha: 0.01, classes: 1.79, effective: 1.48, largest: 0.93 },
  { alpha: 0.04, classes: 3.26, effective: 2.46, largest: 0.8 },
  { alpha: 0.16, classes: 6.85, effective: 4.9, largest: 0.57 },
] as const;

test.each(reference)("[D5] at alpha $alpha a split looks like the authors'", (expected) => {
  const seeds = [1, 2, 3, 4, 5];
  const seen = seeds.map((seed) => describeSplit(expected.alpha, seed));
  const mean = (name: "classes" | "effective" | "largest") =>
    seen.reduce((sum, split) => sum + split[name], 0) / seeds.length;

  expect(Math.min(...seen.map(({ smallest }) => smallest))).toBeGreaterThanOrEqual(745);
  expect(Math.max(...seen.map(({ biggest }) => biggest))).toBeLessThanOrEqual(760);
  expect(Math.abs(mean("classes") / expected.classes - 1)).toBeLessThan(0.1);
  expect(Math.abs(mean("effective") / expected.effective - 1)).toBeLessThan(0.1);
  expect(Math.abs(mean("largest") - expected.largest)).toBeLessThan(0.05);
});

test("[D6] each example goes to exactly one client, whatever the seed, alpha and sizes", () => {
  const rng = createRng(9);
  let lopsided = 0;
  for (let history = 0; history < 60; history++) {
    const count = 20 + rng.integer(500);
    const some = Uint8Array.from({ length: count }, () => (rng.uniform() < 0.7 ? 0 : rng.integer(CLASSES)));
    const clients = 1 + rng.integer(count);
    const alpha = 10 ** (rng.uniform() * 5 - 3);
    const parts = dirichletSplit({ labels: some, classes: CLASSES, clients, alpha, seed: history });
    const dealt = parts.flatMap((part) => [...part]).sort((a, b) => a - b);
    expect(dealt).toEqual(Array.from({ length: count }, (_, at) => at));
    expect(Math.min(...parts.map((part) => part.length))).toBeGreaterThan(0);
    if (alpha < 0.05) lopsided += 1;
  }
  expect(lopsided).toBeGreaterThan(10);
});

test("[D6] clients get the same amount of unbalanced classes too", () => {
  const some = Uint8Array.from({ length: 4000 }, (_, at) => (at % 10 < 7 ? 0 : at % 3));
  const sizes = dirichletSplit({ labels: some, classes: 3, clients: 8, alpha: 0.3, seed: 1 }).map(
    (part) => part.length,
  );
  for (const size of sizes) expect(Math.abs(size - 500)).toBeLessThan(20);
});

test("[D6] classes without examples, and with a single one, change neither the amounts nor that each example goes once", () => {
  const rng = createRng(4);
  let lonely = 0;
  for (let history = 0; history < 40; history++) {
    const sizes = [0, 1, 60 + rng.integer(200), 0, 1, rng.integer(3), 30 + rng.integer(40), 0];
    const some = Uint8Array.from(sizes.flatMap((size, label) => new Array<number>(size).fill(label)));
    const clients = 2 + rng.integer(12);
    const parts = dirichletSplit({
      labels: some,
      classes: 8,
      clients,
      alpha: 0.05 + rng.uniform(),
      seed: history,
    });
    expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([...some.keys()]);
    const amounts = parts.map((part) => part.length);
    expect(Math.max(...amounts) - Math.min(...amounts)).toBeLessThanOrEqual(sizes.length);
    lonely += sizes.filter((size) => size === 1).length;
  }
  expect(lonely).toBeGreaterThanOrEqual(80);
});

test("[D7] the same options give the same split, another seed another", () => {
  const split = (seed: number) => dirichletSplit({ labels, classes: CLASSES, clients: 4, alpha: 0.04, seed });
  expect(split(1)).toEqual(split(1));
  expect(split(1)).not.toEqual(split(2));
});

test("[D7] impossible splits are refused with the value", () => {
  const options = { labels: Uint8Array.of(0, 1), classes: 2, clients: 2, alpha: 1, seed: 1 };
  expect(() => dirichletSplit({ ...options, clients: 3 })).toThrow(
    "expected 1..2 clients for 2 examples, got 3",
  );
  expect(() => dirichletSplit({ ...options, alpha: 0 })).toThrow("expected alpha above 0, got 0");
  expect(() => dirichletSplit({ ...options, classes: 1 })).toThrow("expected labels below 1, got 1 at 1");
});

function describeSplit(alpha: number, seed: number) {
  const parts = dirichletSplit({ labels, classes: CLASSES, clients: 80, alpha, seed });
  const counts = parts.map((part) => {
    const perClass = new Array<number>(CLASSES).fill(0);
    for (const index of part) perClass[labels[index] ?? 0] = (perClass[labels[index] ?? 0] ?? 0) + 1;
    return perClass;
  });
  const mean = (of: (perClass: readonly number[], size: number) => number) =>
    counts.reduce((sum, perClass, client) => sum + of(perClass, parts[client]?.length ?? 0), 0) /
    counts.length;
  return {
    smallest: Math.min(...parts.map((part) => part.length)),
    biggest: Math.max(...parts.map((part) => part.length)),
    classes: mean((perClass) => perClass.filter((count) => count > 0).length),
    effective: mean((perClass, size) => perClass.filter((count) => count >= 0.01 * size).length),
    largest: mean((perClass, size) => Math.max(...perClass) / size),
  };
}
