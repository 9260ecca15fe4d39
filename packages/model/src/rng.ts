/**
 * The one source of randomness: sfc32 (Chris Doty-Humphrey, PractRand), seeded through the finaliser of MurmurHash3.
 * The four state words are the whole state, so a generator can be saved as JSON and go on elsewhere.
 */

import { absorb, mix } from "./murmur.ts";

/** Four uint32. Every value is a valid state. */
export type RngState = readonly [number, number, number, number];

/** A generator. Each draw changes its state; the methods need no `this`. */
export type Rng = {
  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, below), without modulo bias. Throws unless `below` is a whole number in 1..2^32. */
  integer(below: number): number;
  /** All that is needed to go on from here with `restoreRng`. */
  state(): RngState;
};

/** A generator for `seed`, a whole number in 0..2^32-1. Throws on any other. */
export function createRng(seed: number): Rng {
  assertSeed(seed);
  const rng = restoreRng([mix(seed), mix(seed + 0x9e3779b9), mix(seed + 0x3c6ef372), 1]);
  // sfc32 needs a few steps until the sequences of near seeds differ.
  for (let step = 0; step < 12; step++) rng.uniform();
  return rng;
}

/** The generator whose `state()` was `state`. */
export function restoreRng(state: RngState): Rng {
  let [a, b, c, counter] = state;

  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  const uniform = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53;

  return {
    uniform,
    normal: () => drawNormal(uniform),
    integer: (below) => drawInteger(next, below),
    state: () => [a >>> 0, b >>> 0, c >>> 0, counter >>> 0],
  };
}

/** Box-Muller. It uses one of the two values only: a spare kept aside would be state outside `state()`. */
function drawNormal(uniform: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

/** `next` draws a uint32. Those from the last multiple of `below` on are drawn again. */
function drawInteger(next: () => number, below: number): number {
  if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
    throw new Error(`expected a whole bound in 1..2^32, got ${below}`);
  }
  const fair = 2 ** 32 - (2 ** 32 % below);
  for (;;) {
    const value = next();
    if (value < fair) return value % below;
  }
}

/**
 * The seed (uint32) of an independent stream that labels name: deriveSeed(plan.seed, "local", round, "shard-2").
 * MurmurHash3 (32 bit) over the labels' code units; the number 1 and the text "1" are different labels. Throws where
 * `seed` is not a whole number in 0..2^32-1.
 */
export function deriveSeed(seed: number, ...labels: readonly (string | number)[]): number {
  assertSeed(seed);
  let hash = seed;
  for (const label of labels) {
    const text = typeof label === "number" ? `n${label}` : `s${label}`;
    for (let at = 0; at < text.length; at++) hash = absorb(hash, text.charCodeAt(at));
    // A word outside the range of code units ends each label, so that ("ab", "c") and ("a", "bc") differ.
    hash = absorb(hash, 0x10000);
  }
  return mix(hash);
}

/** The numbers 0..count-1 in random order (Fisher-Yates), all orders alike likely. */
export function permutation(count: number, rng: Rng): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  for (let last = count - 1; last > 0; last--) {
    const other = rng.integer(last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

function assertSeed(seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new Error(`expected a seed in 0..4294967295, got ${seed}`);
  }
}
