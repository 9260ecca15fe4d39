/** What each kind of job computes. Reads its inputs from the store, writes nothing but checkpoints. */

import { balancedSubset } from "@tributary/datasets";
import {
  blend,
  type Dataset,
  evaluate,
  refine,
  refineSeed,
  refineSettings,
  type SyntheticSet,
} from "@tributary/model";
import type { DynafedSettings, Hash, Plan } from "@tributary/protocol";
import type { Job, JobProgress, JobResult, Storage } from "@tributary/storage";
import { firstNotFinite, floatsOf, snapshotOf } from "@tributary/storage";
import { runSynthesis } from "./run-synthesis.ts";

export type JobDeps = {
  readonly storage: Storage;
  readonly readTestSet: (dataset: string) => Promise<Dataset>;
  /** Shown in a synthesis' progress. */
  readonly backend: string;
  /** Least time between two checkpoints of a synthesis. */
  readonly checkpointMs: number;
  /** From here on a checkpoint is made in the middle of an iteration. */
  readonly longestGapMs: number;
  /** How often progress is told within an iteration of a synthesis; the lease writes it down less often than that. */
  readonly beatMs: number;
  readonly nowMs: () => number;
};

/** How a job under way speaks to whoever holds its lease. */
export type JobContext = {
  readonly signal: AbortSignal;
  readonly report: (progress: JobProgress) => void;
  readonly saveCheckpoint: (checkpoint: Uint8Array) => Promise<void>;
  /** Of what is no failure, and an operator should know. */
  readonly warn: (text: string) => void;
};

/** Runs one job to its result. Throws with a reason that quotes the value where a result is not finite. */
export async function runJob(job: Job, deps: JobDeps, context: JobContext): Promise<JobResult> {
  const run = await deps.storage.runs.find(job.run);
  if (run === null) throw new Error(`unknown run ${job.run}`);
  switch (job.kind) {
    case "evaluate":
      return runEvaluation(job, run.plan, deps, context);
    case "synthesize":
      return runSynthesis(
        job,
        run.plan,
        dynafedSettings(run.plan),
        await newestSet(job, run.plan, deps),
        deps,
        context,
      );
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
  const test = balancedSubset(await deps.readTestSet(plan.sample.dataset), plan.sample.test);
  const { accuracy, loss } = await evaluate({
    spec: plan.network,
    parameters,
    dataset: test,
    preprocessing: plan.preprocessing,
    signal,
  });
  if (!Number.isFinite(loss)) throw new Error(`expected a finite loss on the test set, got ${loss}`);
  return { kind: "evaluate", accuracy, loss };
}

async function runRefinement(
  job: JobOf<"refine">,
  plan: Plan,
  deps: JobDeps,
  { signal }: JobContext,
): Promise<JobResult> {
  const set = await newestSet(job, plan, deps);
  if (set === null) throw new Error(`run ${job.run} has no synthetic set to refine on`);
  const dynafed = dynafedSettings(plan);
  const aggregate = await readParameters(deps.storage, job.run, job.snapshot);
  const fineTuned = await refine({
    spec: plan.network,
    parameters: aggregate,
    set,
    settings: refineSettings(dynafed, job.round - set.round - 1),
    seed: refineSeed(plan.seed, job.round),
    signal,
  });
  const refined = blend(aggregate, fineTuned, dynafed.refineShare);
  const wrong = firstNotFinite(refined);
  if (wrong !== null) throw new Error(`expected finite refined parameters, got ${wrong}`);
  return { kind: "refine", snapshot: snapshotOf(refined) };
}

/** The set that the run has so far. */
async function newestSet(
  job: Job,
  { network }: Plan,
  deps: JobDeps,
): Promise<(SyntheticSet & { readonly round: number }) | null> {
  const stored = await deps.storage.syntheticSets.latest(job.run);
  return stored === null
    ? null
    : {
        round: stored.round,
        imagesPerClass: stored.imagesPerClass,
        image: network.image,
        classes: network.classes,
        images: floatsOf(stored.images),
        labelLogits: floatsOf(stored.labelLogits),
        innerStep: stored.innerStep,
      };
}

async function readParameters(storage: Storage, run: string, hash: Hash): Promise<Float32Array> {
  const snapshot = await storage.snapshots.byHash(run, hash);
  if (snapshot === null) throw new Error(`run ${run} has no snapshot ${hash}`);
  return floatsOf(snapshot.parameters);
}

function dynafedSettings(plan: Plan): DynafedSettings {
  if (plan.dynafed === null) throw new Error("expected a plan with DynaFed, got dynafed null");
  return plan.dynafed;
}
