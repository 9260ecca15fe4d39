import { synthesisIterations } from "@tributary/model";
import type { DynafedSettings } from "@tributary/protocol";

/** Iterations that are done, and iterations in all. */
export type SynthesisProgress = { readonly iteration: number; readonly iterations: number };

/**
 * How far a synthesis has come. Before its first report it has done none of its iterations. Their number is in the plan,
 * and a refresh has another number than the first synthesis.
 * @param progress its newest report; null: there is none yet
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
