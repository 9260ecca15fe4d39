/** What changes with the iterations of a synthesis, and with the rounds after it. Pure functions of numbers. */
import type { DynafedSettings } from "@tributary/protocol";

/**
 * How many of a trajectory's snapshots, counted from the earliest, iteration `iteration` (from 0) may start from. The
 * number grows linearly to all that have `ahead` snapshots after them, over the share `curriculum` (0..1) of the
 * iterations; with `curriculum` 0 it is that from the beginning. Source: Guo et al., "Towards Lossless Dataset
 * Distillation via Difficulty-Aligned Trajectory Matching", ICLR 2024.
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
 * Whether an iteration with this D changes the set: one with D above `skipAbove` is left out. At 1 those are left out
 * that end farther from their target than they started. `skipAbove` 0 leaves none out.
 */
export function isTaken(distance: number, { skipAbove }: Pick<DynafedSettings, "skipAbove">): boolean {
  return skipAbove === 0 || distance <= skipAbove;
}

/** The least share by which D must fall for a synthesis to go on. */
const LEAST_GAIN = 0.01;

/**
 * Whether D has stopped falling: its mean over the last `patience` iterations is less than a hundredth below its mean
 * over the `patience` before them. Never with `patience` 0.
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

/**
 * The most iterations that a synthesis does. A later one needs fewer than the first, because it goes on from the set
 * before it.
 */
export function synthesisIterations(
  settings: Pick<DynafedSettings, "iterations" | "refreshIterations">,
  isFirst: boolean,
): number {
  return isFirst ? settings.iterations : settings.refreshIterations;
}

/**
 * How many models a synthesis follows: the models that the last rounds ended with, each the refined one where there
 * is one. The first synthesis follows the whole trajectory, a later one the models since the synthesis before it,
 * from that one's last model on.
 */
export function trajectoryLength(
  settings: Pick<DynafedSettings, "snapshots" | "refreshEvery">,
  isFirst: boolean,
): number {
  return isFirst ? settings.snapshots : settings.refreshEvery + 1;
}

/**
 * The settings of the refine that comes `roundsSince` rounds (from 0) after the first one since the newest synthesis.
 */
export function refineSettings<Settings extends Pick<DynafedSettings, "refineRate" | "refineDecay">>(
  settings: Settings,
  roundsSince: number,
): Settings {
  return { ...settings, refineRate: settings.refineRate * settings.refineDecay ** roundsSince };
}

/** A round's model, `share` (0..1) of the way from its aggregate to the fine-tuned one: a + share (f - a), [P]. */
export function blend(aggregate: Float32Array, fineTuned: Float32Array, share: number): Float32Array {
  if (share === 1) return fineTuned;
  return aggregate.map((value, i) => value + share * ((fineTuned[i] as number) - value));
}
