/**
 * The non-iid split of DynaFed's experiments. A Dirichlet draw says how each class is shared among the clients. The
 * matrix of shares is then balanced (Sinkhorn and Knopp), so that clients differ in what they hold and not in how much.
 * Shares are kept as logarithms: at alpha 0.01 a draw of 1e-400 is ordinary, and balancing may bring it back.
 */
import { createRng, type Rng } from "@tributary/model";

/** Balancing ends after this many sweeps at the latest. */
const MAX_SWEEPS = 1000;
/** Balanced: no column's logarithm is further off than this. */
const BALANCED = 1e-9;

/**
 * Deals every example to exactly one client, and returns the indices of each client, ascending. Smaller `alpha` (above 0)
 * means fewer classes per client. Every client gets about labels.length / clients examples, and at least one. The same
 * options give the same split. Throws where clients exceed examples, a label is not below `classes`, or a number is out
 * of range.
 */
export function dirichletSplit(options: {
  readonly labels: Uint8Array;
  readonly classes: number;
  readonly clients: number;
  readonly alpha: number;
  readonly seed: number;
}): readonly Uint32Array[] {
  const { labels, classes, clients, alpha, seed } = options;
  if (!(alpha > 0) || !Number.isFinite(alpha)) throw new Error(`expected alpha above 0, got ${alpha}`);
  if (!Number.isInteger(clients) || clients < 1 || clients > labels.length) {
    throw new Error(`expected 1..${labels.length} clients for ${labels.length} examples, got ${clients}`);
  }
  const byClass = groupByLabel(labels, classes);
  const rng = createRng(seed);
  const logShares = byClass.map(() => Float64Array.from({ length: clients }, () => logGamma(alpha, rng)));
  balance(
    logShares,
    byClass.map((members) => members.length / labels.length),
  );
  return withoutEmpty(deal(byClass, logShares, clients));
}

/** The indices of each label, ascending. */
function groupByLabel(labels: Uint8Array, classes: number): readonly (readonly number[])[] {
  const groups: number[][] = Array.from({ length: classes }, () => []);
  for (const [index, label] of labels.entries()) {
    const group = groups[label];
    if (group === undefined) throw new Error(`expected labels below ${classes}, got ${label} at ${index}`);
    group.push(index);
  }
  return groups;
}

/** Logarithm of a Gamma(alpha, 1) draw: G(alpha) = G(alpha + 1) * U^(1 / alpha), the first by Marsaglia and Tsang. */
function logGamma(alpha: number, rng: Rng): number {
  const d = alpha + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - rng.uniform();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return Math.log(d * v) + Math.log(1 - rng.uniform()) / alpha;
    }
  }
}

/**
 * Scales rows and columns in turn, in place, until row k sums to weights[k] (its class's part of all examples) and
 * every column to 1 / clients. Ends on the rows, so that each class is dealt out exactly.
 */
function balance(logShares: readonly Float64Array[], weights: readonly number[]): void {
  const clients = logShares[0]?.length ?? 0;
  const present = logShares.filter((_, row) => (weights[row] ?? 0) > 0);
  const logWeights = weights.filter((weight) => weight > 0).map(Math.log);
  const scaleRows = () => {
    for (const [at, row] of present.entries()) shift(row, (logWeights[at] ?? 0) - logSumExp(row));
  };

  scaleRows();
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let worst = 0;
    for (let client = 0; client < clients; client++) {
      const excess = logSumExp(present.map((row) => row[client] ?? 0)) + Math.log(clients);
      worst = Math.max(worst, Math.abs(excess));
      for (const row of present) row[client] = (row[client] ?? 0) - excess;
    }
    scaleRows();
    if (worst < BALANCED) return;
  }
}

/** Cuts each class, in file order, at its cumulative shares. */
function deal(
  byClass: readonly (readonly number[])[],
  logShares: readonly Float64Array[],
  clients: number,
): number[][] {
  const parts: number[][] = Array.from({ length: clients }, () => []);
  for (const [label, members] of byClass.entries()) {
    const row = logShares[label] ?? new Float64Array();
    const total = logSumExp(row);
    let reached = 0;
    let from = 0;
    for (const [client, part] of parts.entries()) {
      reached += Math.exp((row[client] ?? 0) - total);
      const to = client === clients - 1 ? members.length : Math.round(reached * members.length);
      part.push(...members.slice(from, to));
      from = Math.max(from, to);
    }
  }
  return parts;
}

/** Rounding may leave a client with nothing: it gets the last example of the largest. */
function withoutEmpty(parts: number[][]): readonly Uint32Array[] {
  for (const part of parts) {
    if (part.length > 0) continue;
    const largest = parts.reduce((one, other) => (other.length > one.length ? other : one));
    part.push(...largest.splice(-1));
  }
  return parts.map((part) => Uint32Array.from(part).sort());
}

function shift(row: Float64Array, by: number): void {
  for (let at = 0; at < row.length; at++) row[at] = (row[at] ?? 0) + by;
}

function logSumExp(values: ArrayLike<number>): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < values.length; at++) top = Math.max(top, values[at] ?? top);
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += Math.exp((values[at] ?? 0) - top);
  return top + Math.log(sum);
}
