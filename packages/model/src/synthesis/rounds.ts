/**
 * DynaFed's two steps of a round, from a plan and what the run has so far to the result: seeds, settings and starting
 * point are chosen here and nowhere else, so that a live run and its simulation compute the same bits.
 * Legend: P parameters.
 */
import type { DynafedSettings, Plan } from "@tributary/protocol";
import { requireFinite } from "../requirements.ts";
import { refineSeed, synthesisSeed } from "../seeds.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import type { SynthesisCheckpoint } from "./checkpoint.ts";
import { refine } from "./refine.ts";
import { blend, refineSettings, synthesisIterations, trajectoryLength } from "./schedule.ts";
import { synthesize } from "./synthesize.ts";
import type { SyntheticSet } from "./synthetic-set.ts";

/** What these steps read of a plan. They throw where `dynafed` is null. */
export type DynafedPlan = Pick<Plan, "seed" | "network" | "dynafed">;

/** A synthetic set and the round after which it was learned. */
export type LearnedSet = { readonly round: number; readonly set: SyntheticSet };

/** Where the checkpoints of a synthesis go, and when one is made. */
export type CheckpointKeeper = {
  /**
   * Whether to make a checkpoint now. Asked after every inner step (a checkpoint in the middle of an iteration, which is
   * larger) and after every whole iteration.
   */
  readonly isDue: (after: "step" | "iteration") => boolean;
  /** Stores a checkpoint; the synthesis waits for it. Throwing stops the synthesis. */
  readonly keep: (checkpoint: SynthesisCheckpoint) => void | Promise<void>;
};

/**
 * Learns the synthetic set after `round`: from `checkpoint` where there is one, else from `previous`, the run's newest
 * set, else from noise. The same arguments give the same bits, whichever checkpoint it goes on from.
 * An abort rejects with the signal's reason. It keeps the last whole iteration first, unless `checkpoints` has it already.
 * Throws where the trajectory has another length than `trajectoryLength` says, where the set is not finite, and as
 * `synthesize` does.
 */
export async function synthesizeRound(options: {
  readonly plan: DynafedPlan;
  readonly round: number;
  /** The models that the set is to follow, each [P], oldest first. */
  readonly trajectory: readonly Float32Array[];
  readonly previous: LearnedSet | null;
  readonly checkpoint: SynthesisCheckpoint | null;
  readonly checkpoints: CheckpointKeeper;
  /** After every iteration, before its checkpoint. `iteration` counts those done, of at most `iterations`. */
  readonly onIteration: (progress: {
    readonly iteration: number;
    readonly iterations: number;
    /** D of this iteration. */
    readonly distance: number;
  }) => void;
  readonly signal?: AbortSignal | undefined;
}): Promise<LearnedSet & { readonly distances: readonly number[] }> {
  const { plan, round, trajectory, previous, checkpoint, checkpoints, signal } = options;
  const dynafed = dynafedOf(plan);
  const iterations = synthesisIterations(dynafed, previous === null);
  const count = trajectoryLength(dynafed, previous === null);
  if (trajectory.length !== count) {
    throw new Error(`expected ${count} snapshots in the trajectory, got ${trajectory.length}`);
  }
  const saving = createSaving(checkpoints, signal);
  const { set, distances } = await synthesize({
    spec: plan.network,
    trajectory,
    settings: { ...dynafed, iterations },
    seed: synthesisSeed(plan.seed, round),
    warmStart: previous?.set ?? null,
    checkpoint,
    signal,
    onStep: saving.afterStep,
    async onIteration({ iteration, distance, save }) {
      options.onIteration({ iteration, iterations, distance });
      await saving.afterIteration(save);
    },
  }).catch(async (error: unknown) => {
    await saving.afterAbort();
    throw error;
  });
  requireFinite("synthetic images", set.images);
  requireFinite("label logits", set.labelLogits);
  requireFinite("inner step size", Float32Array.of(set.innerStep));
  return { round, set, distances };
}

/**
 * The refined model of `round` [P]: aggregate + refineShare (fine-tuned - aggregate), fine-tuned on the newest set at a
 * rate that falls with the rounds since. The same arguments give the same bits.
 * Throws on parameters that do not fit the network and on a result that is not finite; an abort rejects with the
 * signal's reason.
 */
export async function refineRound(options: {
  readonly plan: DynafedPlan;
  readonly round: number;
  /** What the round's updates combined to, [P]. */
  readonly aggregate: Float32Array;
  readonly newest: LearnedSet;
  readonly signal?: AbortSignal | undefined;
}): Promise<Float32Array> {
  const { plan, round, aggregate, newest, signal } = options;
  const dynafed = dynafedOf(plan);
  const fineTuned = await refine({
    spec: plan.network,
    parameters: aggregate,
    set: newest.set,
    settings: refineSettings(dynafed, round - newest.round - 1),
    seed: refineSeed(plan.seed, round),
    signal,
  });
  const refined = blend(aggregate, fineTuned, dynafed.refineShare);
  requireFinite("refined parameters", refined);
  return refined;
}

/** A plan's DynaFed settings. Throws where it has none. */
export function dynafedOf({ dynafed }: Pick<Plan, "dynafed">): DynafedSettings {
  if (dynafed === null) throw new Error("expected a plan with DynaFed, got dynafed null");
  return dynafed;
}

type Save = () => Promise<SynthesisCheckpoint>;

/** Asks the keeper at every step and iteration, and keeps the last whole iteration where an abort ends the next. */
function createSaving({ isDue, keep }: CheckpointKeeper, signal: AbortSignal | undefined) {
  /** Makes the checkpoint of the last whole iteration; null where a checkpoint at least as new has been kept. */
  let saveNewest: Save | null = null;
  const keepNow = async (save: Save) => {
    await keep(await save());
    saveNewest = null;
  };
  return {
    async afterStep(save: Save) {
      if (isDue("step")) await keepNow(save);
    },
    async afterIteration(save: Save) {
      saveNewest = save;
      if (signal?.aborted || isDue("iteration")) await keepNow(save);
    },
    async afterAbort() {
      if (signal?.aborted && saveNewest !== null) await keepNow(saveNewest);
    },
  };
}
