/** What passes between an experiment and its worker processes, one closed union a direction. */

import type { BackendPreference, Device } from "@tributary/backends";
import type { BackendName } from "@tributary/protocol";
import type { SimulatedRound } from "../simulation/simulation.ts";
import type { Spent } from "./run-folder.ts";
import type { RunSpec } from "./run-matrix.ts";

export type ToWorker =
  | {
      readonly type: "open";
      readonly data: string;
      readonly backend: BackendPreference;
      /** Of the kernels; null: the backend's own choice. */
      readonly threads: number | null;
      readonly preset: string;
      readonly scale: string;
      readonly command: string;
    }
  | { readonly type: "run"; readonly spec: RunSpec; readonly folder: string }
  /** Ends the process, within a synthesis after a checkpoint. */
  | { readonly type: "stop" };

export type FromWorker =
  | {
      readonly type: "opened";
      readonly backend: BackendName;
      readonly device: Device;
      readonly adapter: string;
    }
  | { readonly type: "not-opened"; readonly reason: string }
  /** `spent`: on all that is done so far, with `iterations` of a synthesis that is not over. */
  | {
      readonly type: "resumed";
      readonly rounds: number;
      readonly iterations: number;
      readonly spent: Spent;
    }
  | { readonly type: "noted"; readonly text: string }
  | { readonly type: "round-done"; readonly row: SimulatedRound; readonly spent: Spent }
  | {
      readonly type: "iteration-done";
      readonly iteration: number;
      /** Of this synthesis, at most. */
      readonly iterations: number;
      readonly distance: number;
      readonly seconds: number;
    }
  | { readonly type: "run-done" }
  /** `impossible`: the folder holds another configuration. */
  | { readonly type: "run-failed"; readonly reason: string; readonly impossible: boolean };
