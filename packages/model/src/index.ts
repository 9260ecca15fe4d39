export * from "./aggregate.ts";
export * from "./backend.ts";
export * from "./network/initial-parameters.ts";
export { type LayoutEntry, layoutOf, parameterCount } from "./network/layout.ts";
export { createRng, deriveSeed, permutation, type Rng, type RngState } from "./rng.ts";
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
  type RefineRound,
  refineRound,
  type SynthesisRound,
  synthesizeRound,
} from "./synthesis/rounds.ts";
export { synthesisIterations, trajectoryLength } from "./synthesis/schedule.ts";
export { type SynthesisOptions, synthesize } from "./synthesis/synthesize.ts";
export type { SyntheticSet } from "./synthesis/synthetic-set.ts";
export { registerFusedKernels } from "./tensor/fused-wasm-kernels.ts";
export type {
  Dataset,
  ImageDataset,
  LabelledDataset,
  RowDataset,
  ValueRowDataset,
} from "./training/dataset.ts";
export { evaluate } from "./training/evaluate.ts";
export type { GradientCorrection } from "./training/gradient-correction.ts";
export { type HoldOut, type HoldOutRule, holdOut, holdOutRuleOf } from "./training/hold-out.ts";
export { initialOptimizerState, type OptimizerState } from "./training/optimizer.ts";
export {
  type LocalTrainingOptions,
  type LocalTrainingResult,
  trainLocally,
} from "./training/train-locally.ts";
