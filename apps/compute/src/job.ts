/** What a job works with, and how it speaks to whoever holds its lease. */
import type { Dataset } from "@tributary/model";
import type { Task } from "@tributary/protocol";
import type { JobProgress, Storage } from "@tributary/storage";

/** What every job of a process shares. */
export type JobDeps = {
  readonly storage: Storage;
  /** The test set of a data set by its name, as the task reads it. Throws where there is none. */
  readonly readTestSet: (dataset: string, task: Task) => Promise<Dataset>;
  /** Name of the open backend, shown in a synthesis' progress and in the log. */
  readonly backend: string;
  /** Least time between two checkpoints of a synthesis. */
  readonly checkpointMs: number;
  /** A synthesis that has saved nothing for this long saves in the middle of an iteration. */
  readonly longestGapMs: number;
  /** How often a synthesis reports within an iteration. The lease writes it down less often than that. */
  readonly beatMs: number;
  /** Ms since some moment of this process. Only differences count, so it should not jump with the time of day. */
  readonly nowMs: () => number;
};

/** How one job speaks to whoever holds its lease. */
export type JobContext = {
  /** Aborts when the job must stop: the process ends, or the lease is lost. */
  readonly signal: AbortSignal;
  readonly report: (progress: JobProgress) => void;
  readonly saveCheckpoint: (checkpoint: Uint8Array) => Promise<void>;
  /** Says what is no failure, and what an operator should know. */
  readonly warn: (text: string) => void;
};
