/** Runs one synthesis: where it starts, what it reports, and when it is saved. */
import {
  type CheckpointKeeper,
  checkpointProblem,
  dynafedOf,
  type LearnedSet,
  type SyntheticSet,
  synthesisIterations,
  synthesizeRound,
  syntheticSetFromCheckpoint,
  trajectoryLength,
} from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import type { Job, JobProgress, JobResult, SyntheticSetRow } from "@tributary/storage";
import { bytesOf, floatsOf } from "@tributary/storage";
import type { JobContext, JobDeps } from "./job.ts";

/** Most points of a progress' curve. */
const MAX_POINTS = 500;

/**
 * Learns a synthetic set from the run's trajectory: from the job's checkpoint where it has one, else from `previous`,
 * the run's newest set, else from noise. A checkpoint is saved every `checkpointMs` at most, in the middle of an
 * iteration where none was saved for `longestGapMs`, and after the last whole iteration when the job must stop: another
 * worker goes on from there bit for bit. A checkpoint that cannot be read, such as one of another version of this
 * software, costs no run: the synthesis starts again, and comes to the same set. Throws where the trajectory is too
 * short, a result is not finite, or the signal aborts.
 */
export async function runSynthesis(
  job: Job,
  plan: Plan,
  previous: LearnedSet | null,
  deps: JobDeps,
  context: JobContext,
): Promise<JobResult> {
  const dynafed = dynafedOf(plan);
  const isFirst = previous === null;
  const trajectory = await readTrajectory(job, trajectoryLength(dynafed, isFirst), deps);
  const checkpoint = readable(job.checkpoint, context);
  const course = createCourse(job, synthesisIterations(dynafed, isFirst), checkpoint, deps);
  // An iteration may take long: its parts let this have its turn.
  const beat = setInterval(() => context.report(course.progress()), deps.beatMs);
  const { set } = await synthesizeRound({
    plan,
    round: job.round,
    trajectory,
    previous,
    checkpoint,
    checkpoints: createKeeper(deps, context),
    signal: context.signal,
    onIteration({ distance }) {
      course.add(distance);
      context.report(course.progress());
    },
  }).finally(() => clearInterval(beat));
  return { kind: "synthesize", progress: course.progress(), set: rowOf(set) };
}

function rowOf(set: SyntheticSet): SyntheticSetRow {
  return {
    imagesPerClass: set.imagesPerClass,
    images: bytesOf(set.inputs),
    labelLogits: bytesOf(set.labelLogits),
    innerStep: set.innerStep,
  };
}

/** How far the synthesis has come, what earlier workers did included. */
function createCourse(job: Job, iterations: number, checkpoint: Uint8Array | null, deps: JobDeps) {
  const distances = checkpoint === null ? [] : [...syntheticSetFromCheckpoint(checkpoint).distances];
  const startedMs = deps.nowMs() - (job.progress?.ms ?? 0);
  return {
    add(distance: number) {
      distances.push(distance);
    },
    progress: (): JobProgress => ({
      backend: deps.backend,
      iteration: distances.length,
      iterations,
      distances: thinned(distances),
      ms: Math.round(deps.nowMs() - startedMs),
    }),
  };
}

/** The checkpoint, unless it cannot be read, which is said. */
function readable(checkpoint: Uint8Array | null, { warn }: JobContext): Uint8Array | null {
  const problem = checkpoint && checkpointProblem(checkpoint);
  if (problem === null) return checkpoint;
  warn(`${problem}: the synthesis starts again`);
  return null;
}

/** Saves by the clock: after an iteration sooner than in the middle of one, where a checkpoint is larger. */
function createKeeper(
  { nowMs, checkpointMs, longestGapMs }: JobDeps,
  { saveCheckpoint }: JobContext,
): CheckpointKeeper {
  let savedAtMs = nowMs();
  return {
    isDue: (after) => nowMs() - savedAtMs >= (after === "step" ? longestGapMs : checkpointMs),
    async keep(checkpoint) {
      await saveCheckpoint(checkpoint);
      savedAtMs = nowMs();
    },
  };
}

async function readTrajectory(
  { run, round }: Job,
  count: number,
  deps: JobDeps,
): Promise<readonly Float32Array[]> {
  const snapshots = await deps.storage.snapshots.trajectory(run, round, count);
  return snapshots.map((snapshot) => floatsOf(snapshot.parameters));
}

/** The curve [iteration, D]: at most 500 points, evenly spaced, always with the newest. */
export function thinned(distances: readonly number[]): readonly (readonly [number, number])[] {
  const every = Math.ceil(distances.length / MAX_POINTS);
  const newest = distances.length - 1;
  return distances
    .map((distance, index) => [index + 1, distance] as const)
    .filter((_, index) => (newest - index) % every === 0);
}
