/** What a job works with, and how it speaks to whoever holds its lease. */
import type { Dataset } from "@tributary/model";
import type { JobProgress, Storage } from "@tributary/storage";

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
