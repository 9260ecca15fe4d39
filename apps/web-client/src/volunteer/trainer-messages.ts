/** Between the page and its trainer worker, one closed union per direction. */
import type { Dataset, LocalTrainingResult } from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import type { BrowserBackend, RefusedBackend } from "./backend-choice.ts";

export type TrainerCommand =
  /** First: picks a backend and takes the data. */
  | {
      readonly type: "open";
      readonly forced: BrowserBackend | null;
      readonly dataset: Dataset;
      /** Names the volunteer's stream of randomness: "shard-2". */
      readonly stream: string;
    }
  /** `start` is transferred. */
  | { readonly type: "train"; readonly round: number; readonly plan: Plan; readonly start: Float32Array }
  | { readonly type: "abort"; readonly round: number };

export type TrainerReport =
  | {
      readonly type: "opened";
      readonly backend: BrowserBackend;
      readonly adapter: string;
      readonly refused: readonly RefusedBackend[];
    }
  | { readonly type: "not-opened"; readonly reason: string }
  | {
      readonly type: "batch-trained";
      readonly round: number;
      readonly batch: number;
      readonly batches: number;
      readonly loss: number;
    }
  /** `result.parameters` is transferred. `tensors`: how many the backend still holds. */
  | {
      readonly type: "round-trained";
      readonly round: number;
      readonly result: LocalTrainingResult;
      readonly tensors: number;
    }
  | { readonly type: "training-failed"; readonly round: number; readonly reason: string };
