/** What passes between an experiment and its worker processes, one closed union per direction. */

import type { BackendPreference, Device } from "@tributary/backends";
import type { BackendName } from "@tributary/protocol";
import type { Split } from "../data/split.ts";
import type { FollowedMessage } from "../run/follow.ts";
import type { RunSpec } from "./run-matrix.ts";

/** From the experiment. */
export type ToWorker =
  | {
      readonly type: "open";
      readonly data: string;
      /** A column that a split needs; null: none does. */
      readonly columnSplit: Split | null;
      readonly backend: BackendPreference;
      /** Threads of the kernels; null: the backend's own choice. */
      readonly threads: number | null;
      readonly preset: string;
      readonly scale: string;
      readonly command: string;
    }
  | { readonly type: "run"; readonly spec: RunSpec; readonly folder: string }
  /** Ends the process. Within a synthesis it stores a checkpoint first. */
  | { readonly type: "stop" };

/** From a worker: `opened` or `not-opened` first, then the messages of its runs. */
export type FromWorker =
  | {
      readonly type: "opened";
      readonly backend: BackendName;
      readonly device: Device;
      readonly adapter: string;
    }
  | { readonly type: "not-opened"; readonly reason: string }
  | Exclude<FollowedMessage, { type: "run-failed" }>
  /** `impossible`: the folder holds another configuration. */
  | { readonly type: "run-failed"; readonly reason: string; readonly impossible: boolean };
