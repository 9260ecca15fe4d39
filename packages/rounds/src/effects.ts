import type { Hash, VolunteerId } from "@tributary/protocol";

/** Which model of a round a snapshot is: the initialisation, the aggregate, or the refined aggregate. */
export type SnapshotKind = "initial" | "aggregate" | "refined";

/**
 * What a step asks of its shell. Some effects are written with the event, in one transaction. The others are performed
 * after the commit, and again after a restart: performing one of them twice must do no harm.
 */
export type RunEffect =
  | {
      readonly type: "open-round";
      readonly round: number;
      readonly snapshot: Hash;
      readonly cohort: readonly VolunteerId[];
    }
  /** Stores the event's update. It is acknowledged after the commit. */
  | { readonly type: "keep-update"; readonly round: number; readonly volunteer: VolunteerId }
  | { readonly type: "drop-volunteer"; readonly round: number; readonly volunteer: VolunteerId }
  | {
      readonly type: "close-round";
      readonly round: number;
      readonly outcome: "aggregated" | "abandoned";
      /** Whose updates are part of the aggregate. */
      readonly counted: readonly VolunteerId[];
    }
  | {
      readonly type: "keep-snapshot";
      readonly round: number;
      readonly kind: SnapshotKind;
      readonly snapshot: Hash;
    }
  | { readonly type: "evaluate"; readonly round: number; readonly snapshot: Hash }
  /** Learns the synthetic set; answered by `synthesized` or `synthesis-failed`. */
  | { readonly type: "synthesize"; readonly round: number }
  /** Refines the round's aggregate; answered by `refined` or `refine-failed`. */
  | { readonly type: "refine"; readonly round: number; readonly snapshot: Hash }
  /** Looks for a cohort; answered by `cohort-ready` once enough volunteers are available. */
  | { readonly type: "seek-cohort"; readonly round: number }
  /** Measures `deadlineMs` from now on, once a round; answered by `deadline-passed`. */
  | { readonly type: "arm-deadline"; readonly round: number; readonly deadlineMs: number }
  /** Combines the round's updates and the snapshot into the aggregate; answered by `aggregated`. */
  | {
      readonly type: "aggregate";
      readonly round: number;
      readonly snapshot: Hash;
      readonly reported: readonly VolunteerId[];
    }
  /** The run is over. */
  | { readonly type: "end-run"; readonly outcome: "finished" | "stopped" };

/** In the order in which they are performed. */
export type Effects = readonly RunEffect[];
