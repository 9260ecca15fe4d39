export * from "./aggregate.ts";
export * from "./backend.ts";
export type { Gradient, Tangent } from "./network/derivatives.ts";
export * from "./network/initial-parameters.ts";
export * from "./network/layout.ts";
export * from "./network/passes.ts";
export * from "./rng.ts";
export * from "./seeds.ts";
export * from "./self-check.ts";
export {
  checkpointProblem,
  type SynthesisCheckpoint,
  syntheticSetFromCheckpoint,
} from "./synthesis/checkpoint.ts";
export { refine } from "./synthesis/refine.ts";
export {
  type CheckpointKeeper,
  type DynafedPlan,
  dynafedOf,
  type LearnedSet,
  refineRound,
  synthesizeRound,
} from "./synthesis/rounds.ts";
export { synthesisIterations, trajectoryLength } from "./synthesis/schedule.ts";
export { type SynthesisOptions, synthesize } from "./synthesis/synthesize.ts";
export { imageCount, type SyntheticSet, softmaxRows } from "./synthesis/synthetic-set.ts";
export { registerFusedKernels } from "./tensor/fused-wasm-kernels.ts";
export type { Dataset } from "./training/dataset.ts";
export { evaluate } from "./training/evaluate.ts";
export type { GradientCorrection } from "./training/gradient-correction.ts";
export { initialOptimizerState, type OptimizerState } from "./training/optimizer.ts";
export {
  type LocalTrainingOptions,
  type LocalTrainingResult,
  trainLocally,
} from "./training/train-locally.ts";
