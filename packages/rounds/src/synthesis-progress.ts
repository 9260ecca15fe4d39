import { synthesisIterations } from "@tributary/model";
import type { DynafedSettings } from "@tributary/protocol";

export type SynthesisProgress = { readonly iteration: number; readonly iterations: number };

/**
 * How far a synthesis has come. One that has not said it yet is at the start of as many iterations as the plan gives it:
 * a later one has a number of its own.
 */
export function synthesisProgress(
  progress: SynthesisProgress | null,
  dynafed: DynafedSettings | null,
  isFirst: boolean,
): SynthesisProgress {
  if (progress !== null) return { iteration: progress.iteration, iterations: progress.iterations };
  const iterations = dynafed === null ? 0 : synthesisIterations(dynafed, isFirst);
  return { iteration: 0, iterations };
}
