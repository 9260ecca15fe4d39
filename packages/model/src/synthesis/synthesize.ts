/**
 * DynaFed's synthesis: learns a small set on which a few SGD steps follow the run's own trajectory.
 * Legend: N images or rows of a table, K classes, P parameters; D the distance that match-trajectory.ts defines.
 */
import { classesOf, type DynafedSettings, inputShapeOf, type NetworkSpec } from "@tributary/protocol";
import { parameterCount } from "../network/layout.ts";
import { requireLength } from "../requirements.ts";
import { type Rng, restoreRng } from "../rng.ts";
import type { AbortSignal } from "../tensor/abort-signal.ts";
import { adamStepInPlace } from "./adam.ts";
import { decodeCheckpoint, encodeCheckpoint, type SynthesisCheckpoint } from "./checkpoint.ts";
import { type Disturbance, drawDisturbance } from "./disturbance.ts";
import { type Match, type MatchProblem, matchTrajectory } from "./match-trajectory.ts";
import { type Course, drawPiece, prepareCourse } from "./pieces.ts";
import { isFlat, isTaken, startsAt } from "./schedule.ts";
import {
  averageInPlace,
  initialSynthesisState,
  type SynthesisState,
  syntheticSetOf,
} from "./synthesis-state.ts";
import { type SyntheticSet, setSize, softmaxRows, softmaxRowsAdjoint } from "./synthetic-set.ts";

/** What a synthesis follows, where it begins, and who hears how it goes. */
export type SynthesisOptions = {
  readonly spec: NetworkSpec;
  /** Snapshots w^0..w^L, each [P], oldest first; more than `settings.ahead`. */
  readonly trajectory: readonly Float32Array[];
  readonly settings: DynafedSettings;
  /** A uint32. Not used with a checkpoint, which carries its own randomness. */
  readonly seed: number;
  /** The set to go on from. Default: noise. Not used with a checkpoint. */
  readonly warmStart?: SyntheticSet | null;
  /** The checkpoint to go on from. Default: the beginning. */
  readonly checkpoint?: SynthesisCheckpoint | null;
  /**
   * Called after every iteration; `iteration` counts those done, from 1, and `distance` is its D. `save` makes a
   * checkpoint of the state after this iteration; it may be called until the next one is done, and also after an
   * abort of that one. Throwing stops the synthesis.
   */
  readonly onIteration?: (progress: {
    readonly iteration: number;
    readonly distance: number;
    readonly save: () => Promise<SynthesisCheckpoint>;
  }) => void | Promise<void>;
  /**
   * Called after every inner step of an iteration, there and back. `save` makes a checkpoint in the middle of the
   * iteration; it may be called until the promise is kept.
   */
  readonly onStep?: (save: () => Promise<SynthesisCheckpoint>) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Does `settings.iterations` outer iterations (Pi et al., "DYNAFED: Tackling Client Data Heterogeneity with Global
 * Dynamics", CVPR 2023, algorithm 1), fewer where `settings.patience` ends them early. Returns the set, and D of
 * every iteration. The same arguments on the same backend give the same bits, whichever checkpoint of the synthesis
 * they go on from.
 * Throws on a trajectory, checkpoint or set to start from that does not fit, and where D is no longer finite; an
 * abort rejects with the signal's reason.
 */
export async function synthesize(
  options: SynthesisOptions,
): Promise<{ readonly set: SyntheticSet; readonly distances: readonly number[] }> {
  const { spec, trajectory, settings, signal, onStep } = options;
  requireTrajectory(spec, trajectory, settings);
  const course = prepareCourse(trajectory, settings);
  let state = stateToBeginWith(options);
  while (state.iteration < settings.iterations && !isFlat(state.distances, settings)) {
    if (signal?.aborted) throw signal.reason;
    const before = state;
    state = await iterate(
      { spec, course, settings, signal },
      before,
      onStep && ((save) => onStep(async () => encodeCheckpoint({ ...before, match: await save() }))),
    );
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

type Task = {
  readonly spec: NetworkSpec;
  readonly course: Course;
  readonly settings: DynafedSettings;
  readonly signal: AbortSignal | undefined;
};

/**
 * One outer iteration: draws a piece of the trajectory and the disturbances, matches it, and takes one Adam step of
 * each kind. It changes the state at its end only.
 */
async function iterate(
  task: Task,
  state: SynthesisState,
  onStep: MatchProblem["onStep"],
): Promise<SynthesisState> {
  const { settings, signal } = task;
  const rng = restoreRng(state.rng);
  const drawn = drawIteration(task, state, rng);
  const { disturbances, labels } = drawn;
  const match = await matchTrajectory({
    ...problemOf(task, state, drawn),
    signal,
    from: state.match,
    onStep,
  });
  const iteration = state.iteration + 1;
  if (!Number.isFinite(match.distance)) {
    throw new Error(`synthesis diverged in iteration ${iteration}: D is ${match.distance}`);
  }
  const distances = [...state.distances, match.distance];
  if (isTaken(match.distance, settings)) {
    learn(state, match, {
      settings,
      labels,
      adjoint: (gradient, step) => (disturbances[step] as Disturbance).adjoint(gradient),
      step: distances.filter((distance) => isTaken(distance, settings)).length,
    });
  }
  averageInPlace(state);
  return { ...state, iteration, rng: rng.state(), distances, match: null };
}

/** What an iteration works on, as its random numbers say. */
type Drawn = Pick<MatchProblem, "start" | "target"> & {
  /** What changes the set in each inner step. */
  readonly disturbances: readonly Disturbance[];
  /** Soft labels, [N, K]. */
  readonly labels: Float32Array;
};

function drawIteration({ course, settings }: Task, state: SynthesisState, rng: Rng): Drawn {
  const starts = startsAt(state.iteration, course.snapshots.length, settings);
  const piece = drawPiece(course, settings, starts, rng);
  const shape = [setSize(state), ...state.input];
  const disturbances = Array.from({ length: settings.innerSteps }, () =>
    drawDisturbance(settings, shape, rng),
  );
  return { ...piece, disturbances, labels: softmaxRows(state.labelLogits.values, state.classes) };
}

function problemOf({ spec, settings }: Task, state: SynthesisState, drawn: Drawn): MatchProblem {
  const { start, target, disturbances, labels } = drawn;
  return {
    spec,
    start,
    target,
    inputsAt: (step) => (disturbances[step] as Disturbance).apply(state.inputs.values),
    labels,
    innerStep: state.innerStep.values[0] as number,
    steps: settings.innerSteps,
    recursion: settings.recursion,
  };
}

/** One Adam step of each kind, in place. */
function learn(
  state: SynthesisState,
  match: Match,
  how: {
    readonly settings: DynafedSettings;
    /** Soft labels, [N, K]. */
    readonly labels: Float32Array;
    /** Takes a gradient in the changed inputs of an inner step back to the inputs. */
    readonly adjoint: (gradient: Float32Array, innerStep: number) => Float32Array;
    /** Number of the step, from 1. */
    readonly step: number;
  },
): void {
  const { settings, step } = how;
  const inputGradient = new Float32Array(state.inputs.values.length);
  match.inputGradients.forEach((gradient, innerStep) => {
    addTo(inputGradient, how.adjoint(gradient, innerStep));
  });
  adamStepInPlace(state.inputs, inputGradient, settings.imageRate, step);
  if (settings.labels === "learned") {
    const labelGradient = softmaxRowsAdjoint(how.labels, match.labelGradient, state.classes);
    adamStepInPlace(state.labelLogits, labelGradient, settings.labelRate, step);
  }
  adamStepInPlace(state.innerStep, [match.innerStepGradient], settings.innerStepRate, step);
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

function stateToBeginWith(options: SynthesisOptions): SynthesisState {
  const { spec, settings, seed, checkpoint, warmStart = null } = options;
  if (checkpoint == null) {
    if (warmStart !== null) requireSameSet("a set to start from", warmStart, spec, settings);
    return initialSynthesisState(spec, settings, seed, warmStart);
  }
  const state = decodeCheckpoint(checkpoint);
  requireSameSet("a checkpoint", state, spec, settings);
  const walked = state.match?.path ?? [];
  if (walked.length > settings.innerSteps) {
    throw new Error(`expected a checkpoint of ${settings.innerSteps} inner steps, got ${walked.length}`);
  }
  for (const theta of walked) requireLength("parameters in the checkpoint", theta, parameterCount(spec));
  return state;
}

function requireSameSet(
  what: string,
  set: Pick<SyntheticSet, "imagesPerClass" | "input" | "classes">,
  spec: NetworkSpec,
  settings: DynafedSettings,
): void {
  const wordsOf = ({ imagesPerClass, input, classes }: typeof set) =>
    input.length === 1
      ? `${imagesPerClass} rows of ${input[0]} features for each of ${classes} classes`
      : `${imagesPerClass} images of ${input.join(" x ")} for each of ${classes} classes`;
  const { imagesPerClass } = settings;
  const [expected, got] = [
    wordsOf({ imagesPerClass, input: inputShapeOf(spec), classes: classesOf(spec) }),
    wordsOf(set),
  ];
  if (expected !== got) throw new Error(`expected ${what} of ${expected}, got ${got}`);
}

function addTo(sum: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (addend[i] as number);
}
