/** DynaFed's synthesis: learns a small set on which a few SGD steps follow the run's own trajectory. */
import type { DynafedSettings, NetworkSpec } from "@tributary/protocol";
import { parameterCount } from "../network/layout.ts";
import { type Rng, restoreRng } from "../rng.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { requireLength } from "../training/batches.ts";
import { adamStepInPlace } from "./adam.ts";
import { augment, augmentAdjoint, drawAugmentation, type ImageBatchShape } from "./augmentation.ts";
import { decodeCheckpoint, encodeCheckpoint, type SynthesisCheckpoint } from "./checkpoint.ts";
import { matchTrajectory } from "./match-trajectory.ts";
import { initialSynthesisState, type SynthesisState, syntheticSetOf } from "./synthesis-state.ts";
import { type SyntheticSet, softmaxRows, softmaxRowsAdjoint } from "./synthetic-set.ts";

export type SynthesisOptions = {
  readonly spec: NetworkSpec;
  /** Snapshots w^0..w^L, oldest first; at least `settings.ahead` + 1. */
  readonly trajectory: readonly Float32Array[];
  readonly settings: DynafedSettings;
  /** Used only without a checkpoint, which carries its own randomness. */
  readonly seed: number;
  readonly checkpoint?: SynthesisCheckpoint | null;
  /**
   * After every iteration; `iteration` counts those done, from 1. `save` makes a checkpoint of the state after this
   * iteration, and must be called before the callback returns. Throwing stops the synthesis.
   */
  readonly onIteration?: (progress: {
    readonly iteration: number;
    readonly distance: number;
    readonly save: () => Promise<SynthesisCheckpoint>;
  }) => void | Promise<void>;
  readonly signal?: AbortSignal;
};

/**
 * `settings.iterations` outer iterations (Pi et al., CVPR 2023, algorithm 1): the set, and D of every iteration.
 * Throws on a trajectory or checkpoint that does not fit, and when D is no longer finite; an abort rejects with the
 * signal's reason.
 */
export async function synthesize(
  options: SynthesisOptions,
): Promise<{ readonly set: SyntheticSet; readonly distances: readonly number[] }> {
  const { spec, trajectory, settings, checkpoint, signal } = options;
  requireTrajectory(spec, trajectory, settings);
  let state =
    checkpoint == null
      ? initialSynthesisState(spec, settings, options.seed)
      : requireSameSet(decodeCheckpoint(checkpoint), spec, settings);
  while (state.iteration < settings.iterations) {
    if (signal?.aborted) throw signal.reason;
    state = await iterate(state, spec, trajectory, settings);
    const after = state;
    const distance = after.distances.at(-1) as number;
    await options.onIteration?.({
      iteration: after.iteration,
      distance,
      save: () => Promise.resolve(encodeCheckpoint(after)),
    });
  }
  return { set: syntheticSetOf(state), distances: state.distances };
}

/** One outer iteration: draws a piece of the trajectory and the augmentations, and takes one Adam step of each kind. */
async function iterate(
  state: SynthesisState,
  spec: NetworkSpec,
  trajectory: readonly Float32Array[],
  settings: DynafedSettings,
): Promise<SynthesisState> {
  const rng = restoreRng(state.rng);
  const { start, target } = drawPiece(trajectory, settings, rng);
  const shape: ImageBatchShape = [state.imagesPerClass * state.classes, ...state.image];
  const draws = Array.from({ length: settings.innerSteps }, () =>
    settings.augment ? drawAugmentation(shape, rng) : [],
  );
  const labels = softmaxRows(state.labelLogits.values, state.classes);
  const match = await matchTrajectory({
    spec,
    start,
    target,
    imagesAt: (step) => augment(state.images.values, shape, draws[step] ?? []),
    labels,
    innerStep: state.innerStep.values[0] as number,
    steps: settings.innerSteps,
  });
  const iteration = state.iteration + 1;
  if (!Number.isFinite(match.distance)) {
    throw new Error(`synthesis diverged in iteration ${iteration}: D is ${match.distance}`);
  }
  const imageGradient = new Float32Array(state.images.values.length);
  match.imageGradients.forEach((gradient, step) => {
    addTo(imageGradient, augmentAdjoint(gradient, shape, draws[step] ?? []));
  });
  const labelGradient = softmaxRowsAdjoint(labels, match.labelGradient, state.classes);
  adamStepInPlace(state.images, imageGradient, settings.imageRate, iteration);
  adamStepInPlace(state.labelLogits, labelGradient, settings.labelRate, iteration);
  adamStepInPlace(state.innerStep, [match.innerStepGradient], settings.innerStepRate, iteration);
  return { ...state, iteration, rng: rng.state(), distances: [...state.distances, match.distance] };
}

/** w^t, and the mean of k snapshots drawn with replacement from w^{t+1}..w^{t+ahead}. */
export function drawPiece(
  trajectory: readonly Float32Array[],
  settings: Pick<DynafedSettings, "ahead" | "leastAveraged">,
  rng: Rng,
): { readonly start: Float32Array; readonly target: Float32Array } {
  const { ahead, leastAveraged } = settings;
  const t = rng.integer(trajectory.length - ahead);
  const k = leastAveraged + rng.integer(ahead - leastAveraged + 1);
  const chosen = Array.from({ length: k }, () => trajectory[t + 1 + rng.integer(ahead)] as Float32Array);
  const start = trajectory[t] as Float32Array;
  const target = start.map((_, i) => chosen.reduce((sum, snapshot) => sum + (snapshot[i] as number), 0) / k);
  return { start, target };
}

function requireTrajectory(
  spec: NetworkSpec,
  trajectory: readonly Float32Array[],
  settings: DynafedSettings,
) {
  if (settings.leastAveraged > settings.ahead) {
    throw new Error(
      `expected leastAveraged of at most ahead (${settings.ahead}), got ${settings.leastAveraged}`,
    );
  }
  if (trajectory.length <= settings.ahead) {
    throw new Error(`expected more than ${settings.ahead} snapshots, got ${trajectory.length}`);
  }
  const parameters = parameterCount(spec);
  trajectory.forEach((snapshot, t) => {
    requireLength(`parameters in snapshot ${t}`, snapshot, parameters);
  });
}

function requireSameSet(state: SynthesisState, spec: NetworkSpec, settings: DynafedSettings): SynthesisState {
  const expected = `${settings.imagesPerClass} images of ${spec.image.join(" x ")} for each of ${spec.classes} classes`;
  const got = `${state.imagesPerClass} images of ${state.image.join(" x ")} for each of ${state.classes} classes`;
  if (expected !== got) throw new Error(`expected a checkpoint of ${expected}, got ${got}`);
  return state;
}

function addTo(sum: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (addend[i] as number);
}
