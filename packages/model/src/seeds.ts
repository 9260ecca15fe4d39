/**
 * The seed of every random stream of a run, derived from its plan's seed. A live run and its simulation agree because
 * both take their seeds from here. Seeds are uint32; every function throws on a plan's seed that is not.
 */
import { deriveSeed } from "./rng.ts";

/** The seed for cutting the sample data into shards. */
export function splitSeed(seed: number): number {
  return deriveSeed(seed, "split");
}

/** The seed of the initial parameters. */
export function initSeed(seed: number): number {
  return deriveSeed(seed, "init");
}

/** The seed for drawing a round's cohort. */
export function cohortSeed(seed: number, round: number): number {
  return deriveSeed(seed, "cohort", round);
}

/** The seed for the order of batches in a volunteer's local training. `source` names its data, such as "shard-2". */
export function localSeed(seed: number, round: number, source: string): number {
  return deriveSeed(seed, "local", round, source);
}

/** The seed that chooses which examples clients hold out. All clients of a run share it. */
export function holdOutSeed(seed: number): number {
  return deriveSeed(seed, "hold-out");
}

/** The seed of the synthesis that runs after `round`. */
export function synthesisSeed(seed: number, round: number): number {
  return deriveSeed(seed, "synthesis", round);
}

/** The seed for refining the aggregate of `round`. */
export function refineSeed(seed: number, round: number): number {
  return deriveSeed(seed, "refine", round);
}
