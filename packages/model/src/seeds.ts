/**
 * The seed of every random stream of a run, all derived from its plan's seed. A live run and its simulation
 * agree because both take their seeds from here.
 */
import { deriveSeed } from "./rng.ts";

/** For cutting the sample data into shards. */
export function splitSeed(seed: number): number {
  return deriveSeed(seed, "split");
}

/** For the initial parameters. */
export function initSeed(seed: number): number {
  return deriveSeed(seed, "init");
}

/** For drawing a round's cohort. */
export function cohortSeed(seed: number, round: number): number {
  return deriveSeed(seed, "cohort", round);
}

/** For the order of batches in one volunteer's local training. `source` names its data, such as "shard-2". */
export function localSeed(seed: number, round: number, source: string): number {
  return deriveSeed(seed, "local", round, source);
}

/** For the synthesis that runs after `round`. */
export function synthesisSeed(seed: number, round: number): number {
  return deriveSeed(seed, "synthesis", round);
}

/** For refining the averaged model of `round`. */
export function refineSeed(seed: number, round: number): number {
  return deriveSeed(seed, "refine", round);
}
