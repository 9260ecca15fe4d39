/** What each kind of job computes. Reads its inputs from the store, writes nothing but checkpoints. */
import { subsetOf } from "@tributary/datasets";
import { evaluate, type LearnedSet, refineRound } from "@tributary/model";
import {
  classesOf,
  type Hash,
  inputShapeOf,
  type Measurement,
  networkOf,
  type Plan,
  preprocessingOf,
  sampleOf,
} from "@tributary/protocol";
import type { Job, JobResult, Storage } from "@tributary/storage";
import { floatsOf, snapshotOf } from "@tributary/storage";
import type { JobContext, JobDeps } from "./job.ts";
import { runSynthesis } from "./run-synthesis.ts";

/**
 * Runs one job to its result. Throws where the run, a snapshot or the set to refine on is missing, where a result is not
 * finite (the message quotes it), and when the signal aborts.
 */
export async function runJob(job: Job, deps: JobDeps, context: JobContext): Promise<JobResult> {
  const run = await deps.storage.runs.find(job.run);
  if (run === null) throw new Error(`unknown run ${job.run}`);
  switch (job.kind) {
    case "evaluate":
      return runEvaluation(job, run.plan, deps, context);
    case "synthesize":
      return runSynthesis(job, run.plan, await newestSet(job, run.plan, deps), deps, context);
    case "refine":
      return runRefinement(job, run.plan, deps, context);
    default:
      return job satisfies never;
  }
}

type JobOf<Kind extends Job["kind"]> = Extract<Job, { kind: Kind }>;

async function runEvaluation(
  job: JobOf<"evaluate">,
  plan: Plan,
  deps: JobDeps,
  { signal }: JobContext,
): Promise<JobResult> {
  const parameters = await readParameters(deps.storage, job.run, job.snapshot);
  const sample = sampleOf(plan);
  const test = subsetOf(await deps.readTestSet(sample.dataset, plan.task), sample.test);
  const measurement: Measurement = await evaluate({
    spec: networkOf(plan),
    parameters,
    dataset: test,
    preprocessing: preprocessingOf(plan),
    signal,
  });
  const { loss } = measurement;
  if (!Number.isFinite(loss)) throw new Error(`expected a finite loss on the test set, got ${loss}`);
  return { kind: "evaluate", measurement };
}

async function runRefinement(
  job: JobOf<"refine">,
  plan: Plan,
  deps: JobDeps,
  { signal }: JobContext,
): Promise<JobResult> {
  const newest = await newestSet(job, plan, deps);
  if (newest === null) throw new Error(`run ${job.run} has no synthetic set to refine on`);
  const aggregate = await readParameters(deps.storage, job.run, job.snapshot);
  const refined = await refineRound({ plan, round: job.round, aggregate, newest, signal });
  return { kind: "refine", snapshot: snapshotOf(refined) };
}

/** The newest set of the run, with the round after which it was learned. */
async function newestSet(job: Job, plan: Plan, deps: JobDeps): Promise<LearnedSet | null> {
  const stored = await deps.storage.syntheticSets.latest(job.run);
  if (stored === null) return null;
  const network = networkOf(plan);
  return {
    round: stored.round,
    set: {
      imagesPerClass: stored.imagesPerClass,
      input: inputShapeOf(network),
      classes: classesOf(network),
      inputs: floatsOf(stored.images),
      labelLogits: floatsOf(stored.labelLogits),
      innerStep: stored.innerStep,
    },
  };
}

async function readParameters(storage: Storage, run: string, hash: Hash): Promise<Float32Array> {
  const snapshot = await storage.snapshots.byHash(run, hash);
  if (snapshot === null) throw new Error(`run ${run} has no snapshot ${hash}`);
  return floatsOf(snapshot.parameters);
}
