/**
 * The part of a client's examples that it never trains on, and measures models with.
 *
 * Each example decides for itself: its bytes and its label are hashed with the seed to a number u in [0, 1), and it is
 * held out where u is below the share. So an example falls on the same side on every visit, in whatever order and
 * beside whichever others it comes, and two clients with the same example agree on it. Each class has the same expected
 * share. Two exceptions keep small classes whole: where all of a class would be held out, the example with the largest u
 * is trained on; where none would be although the share is worth at least one, that with the smallest u is held out.
 * Only new examples of such a small class can move an old one across.
 */
import type { Plan } from "@tributary/protocol";
import { absorb, mix } from "../murmur.ts";
import { holdOutSeed } from "../seeds.ts";
import type { Dataset } from "./dataset.ts";

/** How much is held out, and the seed that chooses. */
export type HoldOutRule = {
  /** 0 holds nothing out; below 1. */
  readonly share: number;
  /** A uint32. */
  readonly seed: number;
};

/** The rule of a run: its task's share, and a seed that all of its clients have. */
export function holdOutRuleOf({ seed, task }: Pick<Plan, "seed" | "task">): HoldOutRule {
  return { share: task.evaluation.holdOut, seed: holdOutSeed(seed) };
}

/** The places of the examples of both parts, ascending. Together they are all; `train` is not empty. */
export type HoldOut = { readonly train: Uint32Array; readonly held: Uint32Array };

/**
 * Divides a data set by the rule above. The strata are its classes, or as many parts of equal size by the target, up to
 * ten, as are each worth one held-out example. A null rule holds nothing out. Throws where the share is not in [0, 1).
 */
export function holdOut(dataset: Dataset, rule: HoldOutRule | null): HoldOut {
  const everything = () => Uint32Array.from({ length: dataset.count }, (_, at) => at);
  if (rule === null) return { train: everything(), held: new Uint32Array() };
  const { share, seed } = rule;
  if (!(share >= 0 && share < 1)) throw new Error(`expected a share of at least 0 and below 1, got ${share}`);
  if (share === 0) return { train: everything(), held: new Uint32Array() };
  const u = Float64Array.from(
    { length: dataset.count },
    (_, at) => hashOfExample(dataset, at, seed) / 2 ** 32,
  );
  const isHeld = new Uint8Array(dataset.count);
  for (const stratum of strataOf(dataset, u, share)) holdStratum(stratum, u, share, isHeld);
  const places = (held: number) => everything().filter((at) => isHeld[at] === held);
  return { train: places(0), held: places(1) };
}

/** A uint32 of an example's bytes and label. */
function hashOfExample(dataset: Dataset, example: number, seed: number): number {
  switch (dataset.kind) {
    case "images": {
      const size = dataset.image[0] * dataset.image[1] * dataset.image[2];
      const pixels = dataset.pixels.subarray(example * size, (example + 1) * size);
      return mix(absorb(absorbBytes(seed, pixels), dataset.labels[example] as number));
    }
    case "rows":
      return mix(absorb(absorbRow(seed, dataset, example), dataset.labels[example] as number));
    case "value-rows":
      return mix(absorbFloats(absorbRow(seed, dataset, example), dataset.values, example, 1));
    default:
      return dataset satisfies never;
  }
}

/** Four bytes a word. */
function absorbBytes(seed: number, bytes: Uint8Array): number {
  let hash = seed;
  let at = 0;
  for (; at + 3 < bytes.length; at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    hash = absorb(hash, low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24));
  }
  for (; at < bytes.length; at++) hash = absorb(hash, bytes[at] as number);
  return hash;
}

function absorbRow(
  seed: number,
  { rows, features }: { readonly rows: Float32Array; readonly features: number },
  example: number,
): number {
  return absorbFloats(seed, rows, example * features, features);
}

/** The bits of `count` values from `from` on. */
function absorbFloats(seed: number, values: Float32Array, from: number, count: number): number {
  const words = new Uint32Array(values.buffer, values.byteOffset + 4 * from, count);
  return words.reduce(absorb, seed);
}

/** The places of each stratum's examples. */
function strataOf(dataset: Dataset, u: Float64Array, share: number): readonly (readonly number[])[] {
  const places = [...u.keys()];
  if (dataset.kind !== "value-rows") {
    const strata: number[][] = Array.from({ length: 256 }, () => []);
    for (const at of places) strata[dataset.labels[at] as number]?.push(at);
    return strata.filter((stratum) => stratum.length > 0);
  }
  const { values, count } = dataset;
  const parts = Math.max(1, Math.min(10, Math.floor(share * count)));
  const byValue = places.sort((a, b) => order(values, a, b) || order(u, a, b));
  return Array.from({ length: parts }, (_, part) =>
    byValue.slice(Math.floor((part * count) / parts), Math.floor(((part + 1) * count) / parts)),
  );
}

function order(values: Float32Array | Float64Array, a: number, b: number): number {
  return (values[a] as number) - (values[b] as number);
}

/** Marks what is held out of one stratum. */
function holdStratum(stratum: readonly number[], u: Float64Array, share: number, isHeld: Uint8Array): void {
  const extreme = (sign: 1 | -1) => stratum.reduce((best, at) => (sign * order(u, at, best) > 0 ? at : best));
  const below = stratum.filter((at) => (u[at] as number) < share);
  for (const at of below) isHeld[at] = 1;
  if (below.length === stratum.length) isHeld[extreme(1)] = 0;
  else if (below.length === 0 && share * stratum.length >= 1) isHeld[extreme(-1)] = 1;
}
