import {
  type SyntheticSet,
  settingsOfSynthesis,
  synthesisSeed,
  synthesize,
  syntheticSetFromCheckpoint,
  trajectoryLength,
} from "@tributary/model";
import type { DynafedSettings, Plan } from "@tributary/protocol";
import type { Job, JobProgress, JobResult } from "../storage/storage.ts";
import { bytesOf, firstNotFinite, floatsOf } from "./float-bytes.ts";
import type { JobContext, JobDeps } from "./run-job.ts";

const MAX_POINTS = 500;

/**
 * Learns a synthetic set from the run's trajectory: from the job's checkpoint where it has one, else from `present`,
 * the set that the run has so far, else from noise. Saves a checkpoint at most every `checkpointMs`, in the middle of an
 * iteration where there was none for `longestGapMs`, and the last whole iteration when it is told to stop in the middle
 * of one: another worker goes on from there bit for bit.
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
  const distances = job.checkpoint === null ? [] : [...syntheticSetFromCheckpoint(job.checkpoint).distances];
  const startedMs = deps.nowMs() - (job.progress?.ms ?? 0);
  let savedAtMs = deps.nowMs();
  let saveNewest: (() => Promise<Uint8Array>) | null = null;

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
    checkpoint: job.checkpoint,
    signal: context.signal,
    async onStep(save) {
      if (deps.nowMs() - savedAtMs < deps.longestGapMs) return;
      await context.saveCheckpoint(await save());
      savedAtMs = deps.nowMs();
      saveNewest = null;
    },
    async onIteration({ distance, save }) {
      distances.push(distance);
      context.report(progressNow());
      saveNewest = save;
      if (!context.signal.aborted && deps.nowMs() - savedAtMs < deps.checkpointMs) return;
      await context.saveCheckpoint(await save());
      savedAtMs = deps.nowMs();
      saveNewest = null;
    },
  })
    .catch(async (error: unknown) => {
      if (context.signal.aborted && saveNewest !== null) await context.saveCheckpoint(await saveNewest());
      throw error;
    })
    .finally(() => clearInterval(beat));
  for (const [what, values] of [
    ["synthetic images", set.images],
    ["label logits", set.labelLogits],
    ["inner step size", new Float32Array([set.innerStep])],
  ] as const) {
    const wrong = firstNotFinite(values);
    if (wrong !== null) throw new Error(`expected finite ${what}, got ${wrong}`);
  }
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
