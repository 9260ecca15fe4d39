/**
 * DynaFed's two steps after a round's aggregate, from a plan and what the run has so far to the result. Their seeds,
 * settings and starting points are chosen here and nowhere else, so that a live run and its simulation compute the
 * same bits.
 * Legend: P parameters; D the distance that match-trajectory.ts defines.
 */
import { type DynafedSettings, networkOf, type Plan } from "@tributary/protocol";
import { requireFinite } from "../requirements.ts";
import { refineSeed, synthesisSeed } from "../seeds.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import type { SynthesisCheckpoint } from "./checkpoint.ts";
import { refine } from "./refine.ts";
import { blend, refineSettings, synthesisIterations, trajectoryLength } from "./schedule.ts";
import { synthesize } from "./synthesize.ts";
import type { SyntheticSet } from "./synthetic-set.ts";

/** What these steps read of a plan. They throw where `dynafed` is null. */
export type DynafedPlan = Pick<Plan, "seed" | "task" | "dynafed">;

/** A synthetic set and the round after which it was learned. */
export type LearnedSet = { readonly round: number; readonly set: SyntheticSet };

/** Where the checkpoints of a synthesis go, and when one is made. */
export type CheckpointKeeper = {
  /**
   * Whether to make a checkpoint now. Asked after every inner step and after every iteration. A checkpoint in the
   * middle of an iteration is larger.
   */
  readonly isDue: (after: "step" | "iteration") => boolean;
  /** Stores a checkpoint; the synthesis waits for it. Throwing stops the synthesis. */
  readonly keep: (checkpoint: SynthesisCheckpoint) => void | Promise<void>;
};

/** What the synthesis after a round works on, and who hears how it goes. */
export type SynthesisRound = {
  readonly plan: DynafedPlan;
  readonly round: number;
  /** The models that the set is to follow, each [P], oldest first: as many as `trajectoryLength` says. */
  readonly trajectory: readonly Float32Array[];
  /** The run's newest set; null before the first. */
  readonly previous: LearnedSet | null;
  /** The checkpoint of this synthesis to go on from; null begins it. */
  readonly checkpoint: SynthesisCheckpoint | null;
  readonly checkpoints: CheckpointKeeper;
  /** Called after every iteration, before its checkpoint. `iteration` counts those done, of at most `iterations`. */
  readonly onIteration: (progress: {
    readonly iteration: number;
    readonly iterations: number;
    /** D of this iteration. */
    readonly distance: number;
  }) => void;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Learns the synthetic set after a round: from `checkpoint` where there is one, else from `previous`, else from
 * noise. The same arguments on the same backend give the same bits, whichever checkpoint it goes on from. Returns the
 * set with its round, and D of every iteration.
 * An abort rejects with the signal's reason, after the last whole iteration has been kept. Throws where the plan has
 * no DynaFed, where the trajectory has another length, where the set is not finite, and as `synthesize` does.
 */
export async function synthesizeRound(
  options: SynthesisRound,
): Promise<LearnedSet & { readonly distances: readonly number[] }> {
  const { plan, round, trajectory, previous, checkpoint, checkpoints, signal } = options;
  const dynafed = dynafedOf(plan);
  const iterations = synthesisIterations(dynafed, previous === null);
  const count = trajectoryLength(dynafed, previous === null);
  if (trajectory.length !== count) {
    throw new Error(`expected ${count} snapshots in the trajectory, got ${trajectory.length}`);
  }
  const saving = createSaving(checkpoints, signal);
  const { set, distances } = await synthesize({
    spec: networkOf(plan),
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
  requireFinite("synthetic inputs", set.inputs);
  requireFinite("label logits", set.labelLogits);
  requireFinite("inner step size", Float32Array.of(set.innerStep));
  return { round, set, distances };
}

/** What the refine of a round works on. */
export type RefineRound = {
  readonly plan: DynafedPlan;
  readonly round: number;
  /** What the round's updates combined to, [P]. */
  readonly aggregate: Float32Array;
  /** The run's newest set, learned after an earlier round. */
  readonly newest: LearnedSet;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The refined model of a round: aggregate + refineShare (fine-tuned - aggregate), [P]. It is fine-tuned on the newest
 * set, at a rate that decays with the rounds since that set. The same arguments on the same backend give the same
 * bits.
 * Throws where the plan has no DynaFed, where the aggregate does not fit the network, and where the result is not
 * finite; an abort rejects with the signal's reason.
 */
export async function refineRound(options: RefineRound): Promise<Float32Array> {
  const { plan, round, aggregate, newest, signal } = options;
  const dynafed = dynafedOf(plan);
  const fineTuned = await refine({
    spec: networkOf(plan),
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

/** Asks the keeper after every step and iteration, and keeps the last whole iteration where an abort ends the next. */
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
