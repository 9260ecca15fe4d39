/** Splits among clients without a draw of classes: at random, and by what the data itself says. */
import { createRng, permutation } from "@tributary/model";

/**
 * Deals `count` examples at random to `clients`, and returns the indices of each client, ascending. The first clients get one
 * more where the count leaves a rest. The same options give the same split. Throws where clients exceed examples.
 */
export function iidSplit(options: {
  readonly count: number;
  readonly clients: number;
  readonly seed: number;
}): readonly Uint32Array[] {
  const { count, clients, seed } = options;
  if (!Number.isInteger(clients) || clients < 1 || clients > count) {
    throw new Error(`expected 1..${count} clients for ${count} examples, got ${clients}`);
  }
  const parts: number[][] = Array.from({ length: clients }, () => []);
  for (const [place, index] of permutation(count, createRng(seed)).entries())
    parts[place % clients]?.push(index);
  return parts.map((part) => Uint32Array.from(part).sort());
}

/** A client that holds every example of one group. */
export type GroupShare = { readonly group: string; readonly indices: Uint32Array };

/**
 * One client for each value of `groups`, which has one for each example: a state, a hospital, a writer. In order of the
 * values, each with its indices, ascending.
 */
export function splitByGroup(groups: readonly string[]): readonly GroupShare[] {
  const members = new Map<string, number[]>();
  for (const [index, group] of groups.entries()) {
    const indices = members.get(group) ?? [];
    members.set(group, indices);
    indices.push(index);
  }
  const inOrder = [...members].sort(([one], [other]) => (one < other ? -1 : 1));
  return inOrder.map(([group, indices]) => ({ group, indices: Uint32Array.from(indices) }));
}
