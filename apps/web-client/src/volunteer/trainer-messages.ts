/** Between the page and its trainer worker, one closed union per direction. */
import type { Dataset } from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import type { TrainingResult } from "@tributary/volunteer";
import type { BrowserBackend, RefusedBackend } from "./backend-choice.ts";

export type TrainerCommand =
  /** First: picks a backend and takes the data. */
  | {
      readonly type: "open";
      readonly forced: BrowserBackend | null;
      readonly dataset: Dataset;
      /** Names the data in the seed of every round: "shard-2". */
      readonly source: string;
      /** What the client remembers from before a reload; null where there is nothing. */
      readonly memory: Uint8Array | null;
    }
  /** `start` and `control` are transferred. `training` names this one: a round that is called off may be trained again. */
  | {
      readonly type: "train";
      readonly training: number;
      readonly round: number;
      readonly plan: Plan;
      readonly start: Float32Array;
      readonly control: Float32Array | null;
    }
  /** The server's last word on the update of a round. */
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
   * `result.parameters` and `memory` are transferred. `memory`: what the next round goes on from; null while there is
   * nothing. `tensors`: how many the backend still holds.
   */
  | {
      readonly type: "round-trained";
      readonly training: number;
      readonly result: TrainingResult;
      readonly memory: Uint8Array | null;
      readonly tensors: number;
    }
  /** One for each `settle`, in their order; `memory` is transferred. */
  | { readonly type: "settled"; readonly memory: Uint8Array | null }
  | { readonly type: "training-failed"; readonly training: number; readonly reason: string };
