/** What passes between the fuzzing process and the one that reads the files. */
import type { ReaderName } from "./readers.ts";

/** Asks for the files `from` to `to`, without the last, of a seed. */
export type ToReader = {
  readonly type: "read";
  readonly reader: ReaderName;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
};

/** `begun` comes before a file is read, so that a process that dies has said over which. */
export type FromReader =
  | { readonly type: "begun"; readonly at: number }
  | { readonly type: "read"; readonly at: number; readonly outcome: string; readonly ms: number }
  | { readonly type: "broken"; readonly at: number; readonly reason: string }
  | { readonly type: "done"; readonly peakBytes: number };
