/** Jobs for compute processes, as types: what may be asked, what a worker holds, what it reports and leaves. */
import type { Hash, Measurement, RunId } from "@tributary/protocol";
import type { SnapshotInput } from "./snapshots.ts";
import type { SyntheticSetRow } from "./synthetic-sets.ts";

/** What is to be computed for a run. `round` is the round after which it is due, `snapshot` the model to work on. */
export type JobRequest =
  | { readonly kind: "evaluate"; readonly round: number; readonly snapshot: Hash }
  | { readonly kind: "synthesize"; readonly round: number }
  | { readonly kind: "refine"; readonly round: number; readonly snapshot: Hash };

/** A job as its worker gets it with the claim. */
export type Job = JobRequest & {
  readonly id: string;
  readonly run: RunId;
  /** This try's number: 1, or more after tries that failed or whose worker went silent. */
  readonly attempts: number;
  /** The newest checkpoint, if an earlier worker left one. */
  readonly checkpoint: Uint8Array | null;
  /** What the earlier worker reported last. */
  readonly progress: JobProgress | null;
};

/** `done` and `failed` are final. */
export type JobState = "queued" | "working" | "done" | "failed";

/** Progress of a synthesis. Each report replaces the one before. */
export type JobProgress = {
  /** Name of the backend that computes. */
  readonly backend: string;
  /** Iterations finished. */
  readonly iteration: number;
  readonly iterations: number;
  /** [iteration, D], thinned to at most 500 points. */
  readonly distances: readonly (readonly [number, number])[];
  /** Time spent so far, that of earlier workers included. */
  readonly ms: number;
};

/** A job as an operator sees it. */
export type JobView = {
  readonly id: string;
  readonly kind: JobRequest["kind"];
  readonly round: number;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  /** Why the last try failed. */
  readonly failure: string | null;
};

/** What a finished job leaves. It is stored in the transaction that ends the job. */
export type JobResult =
  | { readonly kind: "evaluate"; readonly measurement: Measurement }
  | { readonly kind: "synthesize"; readonly set: SyntheticSetRow; readonly progress: JobProgress }
  | { readonly kind: "refine"; readonly snapshot: SnapshotInput };

/** What a commit may do to the queue. */
export type JobWrite =
  | { readonly type: "enqueue-job"; readonly job: JobRequest }
  /** Ends the run's synthesis for good where one is queued or under way. Its worker notices and drops it. */
  | { readonly type: "cancel-synthesis"; readonly reason: string };

/**
 * The job queue. `worker` names a worker, unlike every other. A lease lasts `leaseMs` milliseconds from the claim or
 * the last renewal, by the clock of Postgres.
 */
export type JobStorage = {
  /** Claims the most urgent job (refine, then evaluate, then synthesize; oldest first) whose lease is free. */
  claim(worker: string, leaseMs: number): Promise<Job | null>;
  /** Extends the lease; false when the job is no longer this worker's, which must then drop it. */
  renew(job: string, worker: string, leaseMs: number, progress: JobProgress | null): Promise<boolean>;
  /** Replaces the checkpoint; false when the job is no longer this worker's. */
  saveCheckpoint(job: string, worker: string, checkpoint: Uint8Array): Promise<boolean>;
  /** Stores the result and ends the job; false when the job is no longer this worker's. */
  complete(job: string, worker: string, result: JobResult): Promise<boolean>;
  /** Ends the job, or, while attempts remain, frees it for another try. */
  fail(job: string, worker: string, reason: string): Promise<void>;
  /** Gives the job back as it is, because the worker stops; the next claim may take it at once. */
  release(job: string, worker: string): Promise<void>;
  find(run: RunId, kind: JobRequest["kind"], round: number): Promise<JobView | null>;
  latestSynthesis(run: RunId): Promise<JobView | null>;
  /** The newest checkpoint of a job that has not ended. */
  checkpoint(job: string): Promise<Uint8Array | null>;
  /** How many jobs of the run are neither done nor failed. */
  pending(run: RunId): Promise<number>;
};
