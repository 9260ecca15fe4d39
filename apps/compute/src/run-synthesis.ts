import {
  type CheckpointKeeper,
  checkpointProblem,
  dynafedOf,
  type LearnedSet,
  synthesisIterations,
  synthesizeRound,
  syntheticSetFromCheckpoint,
  trajectoryLength,
} from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import type { Job, JobProgress, JobResult } from "@tributary/storage";
import { bytesOf, floatsOf } from "@tributary/storage";
import type { JobContext, JobDeps } from "./job.ts";

const MAX_POINTS = 500;

/**
 * Learns a synthetic set from the run's trajectory: from the job's checkpoint where it has one, else from `previous`,
 * the run's newest set, else from noise. A checkpoint is saved every `checkpointMs` at most, in the middle of an
 * iteration where none was saved for `longestGapMs`, and after the last whole iteration when the job must stop: another
 * worker goes on from there bit for bit. A checkpoint that cannot be read, such as one of another version of this
 * software, costs no run: the synthesis starts again, and comes to the same set.
 */
export async function runSynthesis(
  job: Job,
  plan: Plan,
  previous: LearnedSet | null,
  deps: JobDeps,
  context: JobContext,
): Promise<JobResult> {
  const dynafed = dynafedOf(plan);
  const iterations = synthesisIterations(dynafed, previous === null);
  const trajectory = await readTrajectory(job, trajectoryLength(dynafed, previous === null), deps);
  const checkpoint = readable(job.checkpoint, context);
  const distances = checkpoint === null ? [] : [...syntheticSetFromCheckpoint(checkpoint).distances];
  const startedMs = deps.nowMs() - (job.progress?.ms ?? 0);

  const progressNow = (): JobProgress => ({
    backend: deps.backend,
    iteration: distances.length,
    iterations,
    distances: thinned(distances),
    ms: Math.round(deps.nowMs() - startedMs),
  });
  // An iteration may take long: its parts let this have its turn.
  const beat = setInterval(() => context.report(progressNow()), deps.beatMs);
  const { set } = await synthesizeRound({
    plan,
    round: job.round,
    trajectory,
    previous,
    checkpoint,
    checkpoints: createKeeper(deps, context),
    signal: context.signal,
    onIteration({ distance }) {
      distances.push(distance);
      context.report(progressNow());
    },
  }).finally(() => clearInterval(beat));
  return {
    kind: "synthesize",
    progress: progressNow(),
    set: {
      imagesPerClass: set.imagesPerClass,
      images: bytesOf(set.images),
      labelLogits: bytesOf(set.labelLogits),
      innerStep: set.innerStep,
    },
  };
}

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

/** [iteration, D], every so many of them, and always the newest. */
export function thinned(distances: readonly number[]): readonly (readonly [number, number])[] {
  const every = Math.ceil(distances.length / MAX_POINTS);
  const newest = distances.length - 1;
  return distances
    .map((distance, index) => [index + 1, distance] as const)
    .filter((_, index) => (newest - index) % every === 0);
}
