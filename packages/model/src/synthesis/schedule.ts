/** What changes with the iterations of a synthesis, and with the rounds after it. Pure, from numbers alone. */
import type { DynafedSettings } from "@tributary/protocol";

/**
 * How many of a trajectory's snapshots iteration `iteration` (from 0) may start from, the earliest ones: grows in a
 * straight line to all of them over the first `curriculum` of the iterations. 0: all of them from the beginning.
 * Source: Guo et al., "Towards Lossless Dataset Distillation via Difficulty-Aligned Trajectory Matching", ICLR 2024.
 */
export function startsAt(
  iteration: number,
  snapshots: number,
  settings: Pick<DynafedSettings, "ahead" | "curriculum" | "iterations">,
): number {
  const all = snapshots - settings.ahead;
  const warmUp = settings.curriculum * settings.iterations;
  return iteration + 1 >= warmUp ? all : Math.max(1, Math.ceil((all * (iteration + 1)) / warmUp));
}

/**
 * Whether an iteration with this D teaches anything: one that ends farther from its target than it started is left
 * out, as in later matching of trajectories. `skipAbove` 0: none is left out.
 */
export function isTaken(distance: number, { skipAbove }: Pick<DynafedSettings, "skipAbove">): boolean {
  return skipAbove === 0 || distance <= skipAbove;
}

/** The least part by which D must fall for a synthesis to go on. */
const LEAST_GAIN = 0.01;

/**
 * Whether the mean D of the last `patience` iterations is no longer a hundredth below that of the `patience` before.
 * `patience` 0: never.
 */
export function isFlat(
  distances: readonly number[],
  { patience }: Pick<DynafedSettings, "patience">,
): boolean {
  if (patience === 0 || distances.length < 2 * patience) return false;
  const sum = (from: number, to: number) =>
    distances.slice(from, to).reduce((total, distance) => total + distance, 0);
  const last = sum(distances.length - patience, distances.length);
  return last > (1 - LEAST_GAIN) * sum(distances.length - 2 * patience, distances.length - patience);
}

/** Iterations of a synthesis, at most: the first has its own number, a later one goes on from the set before it. */
export function synthesisIterations(
  settings: Pick<DynafedSettings, "iterations" | "refreshIterations">,
  isFirst: boolean,
): number {
  return isFirst ? settings.iterations : settings.refreshIterations;
}

/**
 * Models that a synthesis follows: those that the last rounds ended with, refined where there is a refined one. The
 * first has the whole trajectory; a later one what has come since the one before it, that one's last model included.
 */
export function trajectoryLength(
  settings: Pick<DynafedSettings, "snapshots" | "refreshEvery">,
  isFirst: boolean,
): number {
  return isFirst ? settings.snapshots : settings.refreshEvery + 1;
}

/** The settings of a refine, `roundsSince` rounds (from 0) after the newest synthesis. */
export function refineSettings<Settings extends Pick<DynafedSettings, "refineRate" | "refineDecay">>(
  settings: Settings,
  roundsSince: number,
): Settings {
  return { ...settings, refineRate: settings.refineRate * settings.refineDecay ** roundsSince };
}

/** averaged + share (refined - averaged): how far a round's model goes from its average to the refined one. */
export function blend(averaged: Float32Array, refined: Float32Array, share: number): Float32Array {
  if (share === 1) return refined;
  return averaged.map((value, i) => value + share * ((refined[i] as number) - value));
}
