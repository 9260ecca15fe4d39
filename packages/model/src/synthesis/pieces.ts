/**
 * Which piece of the trajectory an iteration follows: where it starts, and the target that it should reach.
 * Legend: w^0..w^L the snapshots, oldest first, each [P].
 */
import type { DynafedSettings } from "@tributary/protocol";
import type { Rng } from "../rng.ts";

/** A trajectory made ready for drawing its pieces. */
export type Course = {
  /** w^0..w^L. */
  readonly snapshots: readonly Float32Array[];
  /** The vectors that targets are made of, one for each snapshot. */
  readonly landmarks: readonly Float32Array[];
};

/** Computes what is the same in every iteration: with exponential targets the snapshots' moving averages. */
export function prepareCourse(
  trajectory: readonly Float32Array[],
  settings: Pick<DynafedSettings, "target" | "targetDecay">,
): Course {
  const smoothed = settings.target === "exponential";
  return {
    snapshots: trajectory,
    landmarks: smoothed ? movingAverages(trajectory, settings.targetDecay) : trajectory,
  };
}

/**
 * Draws a start w^t, t uniform in 0..starts-1, and its target, both [P]:
 * - `average` (Pi et al., CVPR 2023, and their code): the mean of k snapshots drawn with replacement from
 *   w^{t+1}..w^{t+ahead}, k uniform in leastAveraged..ahead;
 * - `exponential`: the moving average of the snapshots at t+s, s uniform in 1..ahead. The aggregates of single
 *   cohorts swing from round to round; the moving average follows the trajectory without the swing;
 * - `straight` (after Zhong et al., "Towards Stable and Storage-efficient Dataset Distillation: Matching Convexified
 *   Trajectory", 2024): the point s / (L - t) of the way from w^t to the mean of the last `ahead` snapshots, s
 *   uniform in 1..ahead and at most L - t.
 */
export function drawPiece(
  course: Course,
  settings: Pick<DynafedSettings, "target" | "ahead" | "leastAveraged">,
  starts: number,
  rng: Rng,
): { readonly start: Float32Array; readonly target: Float32Array } {
  const { snapshots, landmarks } = course;
  const { ahead, leastAveraged } = settings;
  const t = rng.integer(starts);
  const start = snapshots[t] as Float32Array;
  switch (settings.target) {
    case "average": {
      const k = leastAveraged + rng.integer(ahead - leastAveraged + 1);
      const chosen = Array.from({ length: k }, () => landmarks[t + 1 + rng.integer(ahead)] as Float32Array);
      return { start, target: meanOf(chosen) };
    }
    case "exponential":
      return { start, target: landmarks[t + 1 + rng.integer(ahead)] as Float32Array };
    case "straight": {
      const share = (1 + rng.integer(ahead)) / (snapshots.length - 1 - t);
      const end = meanOf(landmarks.slice(-ahead));
      return { start, target: start.map((value, i) => value + share * ((end[i] as number) - value)) };
    }
    default:
      return settings.target satisfies never;
  }
}

/** u^0 = w^0, u^t = decay u^{t-1} + (1 - decay) w^t. */
function movingAverages(trajectory: readonly Float32Array[], decay: number): readonly Float32Array[] {
  const averages: Float32Array[] = [];
  for (const snapshot of trajectory) {
    const before = averages.at(-1) ?? snapshot;
    averages.push(snapshot.map((value, i) => decay * (before[i] as number) + (1 - decay) * value));
  }
  return averages;
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const first = vectors[0] as Float32Array;
  return first.map(
    (_, i) => vectors.reduce((sum, vector) => sum + (vector[i] as number), 0) / vectors.length,
  );
}
