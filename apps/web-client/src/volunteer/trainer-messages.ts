/** The messages between the page and its trainer worker: one closed union for each direction. */
import type { Dataset } from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import type { TrainingResult } from "@tributary/volunteer";
import type { BrowserBackend, RefusedBackend } from "./backend-choice.ts";

export type TrainerCommand =
  /** The first command: picks a backend and takes the data. */
  | {
      readonly type: "open";
      readonly forced: BrowserBackend | null;
      readonly dataset: Dataset;
      /** The run's plan, which says what is held out of the data. */
      readonly plan: Plan;
      /** Names the data in the seed of every round: "shard-2". */
      readonly source: string;
      /** What the client remembers from before a reload; null: nothing. */
      readonly memory: Uint8Array | null;
    }
  /** `start` and `control` are transferred. `training` numbers the trainings, as a round may be trained twice. */
  | {
      readonly type: "train";
      readonly training: number;
      readonly round: number;
      readonly plan: Plan;
      readonly start: Float32Array;
      readonly control: Float32Array | null;
    }
  /** The server has decided whether the update of a round counts. */
  | { readonly type: "settle"; readonly round: number; readonly counted: boolean }
  | { readonly type: "abort"; readonly training: number };

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
      readonly training: number;
      readonly batch: number;
      readonly batches: number;
      readonly loss: number;
    }
  /**
   * `result.parameters` and `memory` are transferred. `memory`: what the next round builds on; null: nothing.
   * `tensors`: how many the backend still holds.
   */
  | {
      readonly type: "round-trained";
      readonly training: number;
      readonly result: TrainingResult;
      readonly memory: Uint8Array | null;
      readonly tensors: number;
    }
  /** One for each `settle`, in the same order. `memory` is transferred. */
  | { readonly type: "settled"; readonly memory: Uint8Array | null }
  | { readonly type: "training-failed"; readonly training: number; readonly reason: string };
