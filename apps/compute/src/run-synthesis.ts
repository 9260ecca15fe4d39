import {
  checkpointProblem,
  type SyntheticSet,
  settingsOfSynthesis,
  synthesisSeed,
  synthesize,
  syntheticSetFromCheckpoint,
  trajectoryLength,
} from "@tributary/model";
import type { DynafedSettings, Plan } from "@tributary/protocol";
import type { Job, JobProgress, JobResult } from "@tributary/storage";
import { bytesOf, firstNotFinite, floatsOf } from "@tributary/storage";
import type { JobContext, JobDeps } from "./run-job.ts";

const MAX_POINTS = 500;

/**
 * Learns a synthetic set from the run's trajectory: from the job's checkpoint where it has one, else from `present`,
 * the set that the run has so far, else from noise. Saves a checkpoint at most every `checkpointMs`, in the middle of an
 * iteration where there was none for `longestGapMs`, and the last whole iteration when it is told to stop in the middle
 * of one: another worker goes on from there bit for bit. A checkpoint that cannot be read, as one of another version of
 * this software, costs no run: the synthesis starts again, and comes to the same set.
 */
export async function runSynthesis(
  job: Job,
  plan: Plan,
  dynafed: DynafedSettings,
  present: SyntheticSet | null,
  deps: JobDeps,
  context: JobContext,
): Promise<JobResult> {
  const settings = settingsOfSynthesis(dynafed, present === null);
  const trajectory = await readTrajectory(job, trajectoryLength(dynafed, present === null), deps);
  const checkpoint = readable(job.checkpoint, context);
  const distances = checkpoint === null ? [] : [...syntheticSetFromCheckpoint(checkpoint).distances];
  const startedMs = deps.nowMs() - (job.progress?.ms ?? 0);
  const saving = createSaving(deps, context);

  const progressNow = (): JobProgress => ({
    backend: deps.backend,
    iteration: distances.length,
    iterations: settings.iterations,
    distances: thinned(distances),
    ms: Math.round(deps.nowMs() - startedMs),
  });
  // An iteration may take long: its parts let this have its turn.
  const beat = setInterval(() => context.report(progressNow()), deps.beatMs);
  const { set } = await synthesize({
    spec: plan.network,
    trajectory,
    settings,
    seed: synthesisSeed(plan.seed, job.round),
    warmStart: present,
    checkpoint,
    signal: context.signal,
    onStep: saving.afterStep,
    async onIteration({ distance, save }) {
      distances.push(distance);
      context.report(progressNow());
      await saving.afterIteration(save);
    },
  })
    .catch(async (error: unknown) => {
      await saving.whenStopped();
      throw error;
    })
    .finally(() => clearInterval(beat));
  requireFinite(set);
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

type Save = () => Promise<Uint8Array>;

/** When a checkpoint is made, and of what. */
function createSaving(
  { nowMs, checkpointMs, longestGapMs }: JobDeps,
  { signal, saveCheckpoint }: JobContext,
) {
  let savedAtMs = nowMs();
  /** Of the last whole iteration, where it is newer than the last checkpoint. */
  let saveNewest: Save | null = null;
  const keep = async (save: Save) => {
    await saveCheckpoint(await save());
    savedAtMs = nowMs();
    saveNewest = null;
  };
  return {
    async afterStep(save: Save) {
      if (nowMs() - savedAtMs >= longestGapMs) await keep(save);
    },
    async afterIteration(save: Save) {
      saveNewest = save;
      if (signal.aborted || nowMs() - savedAtMs >= checkpointMs) await keep(save);
    },
    async whenStopped() {
      if (signal.aborted && saveNewest !== null) await keep(saveNewest);
    },
  };
}

function requireFinite({ images, labelLogits, innerStep }: SyntheticSet): void {
  for (const [what, values] of [
    ["synthetic images", images],
    ["label logits", labelLogits],
    ["inner step size", new Float32Array([innerStep])],
  ] as const) {
    const wrong = firstNotFinite(values);
    if (wrong !== null) throw new Error(`expected finite ${what}, got ${wrong}`);
  }
}

async function readTrajectory(
  { run, round }: Job,
  count: number,
  deps: JobDeps,
): Promise<readonly Float32Array[]> {
  const snapshots = await deps.storage.snapshots.trajectory(run, round, count);
  if (snapshots.length < count) {
    throw new Error(`expected ${count} snapshots in the trajectory, got ${snapshots.length}`);
  }
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
