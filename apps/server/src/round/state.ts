/**
 * What the round machine knows of a run. Weights never enter it, only their hashes, so that a state prints,
 * compares, journals and replays.
 */
import type { Hash, VolunteerId } from "@tributary/protocol";

/** What follows when the open round is over. */
export type AfterRound = "continue" | "pause" | "stop";

export type RunState =
  /** Created, not started by the operator yet. */
  | { readonly phase: "created"; readonly round: number; readonly snapshot: Hash }
  /** Between rounds: `round` opens when enough volunteers are available. */
  | { readonly phase: "waiting"; readonly round: number; readonly snapshot: Hash; readonly trajectory: Trajectory }
  | {
      readonly phase: "collecting";
      readonly round: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
      readonly cohort: ReadonlySet<VolunteerId>;
      /** volunteer -> examples trained on; an entry means that the update is committed. */
      readonly received: ReadonlyMap<VolunteerId, number>;
      /** Members of the cohort that left or were dropped, and have not reported. */
      readonly dropped: ReadonlySet<VolunteerId>;
      readonly deadlineAtMs: number;
      readonly after: AfterRound;
    }
  | {
      readonly phase: "aggregating";
      readonly round: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
      readonly reported: readonly VolunteerId[];
      readonly after: AfterRound;
    }
  /** The trajectory is complete; `round` opens once the synthetic set exists. */
  | {
      readonly phase: "synthesizing";
      readonly round: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
      readonly after: AfterRound;
    }
  | {
      readonly phase: "refining";
      readonly round: number;
      /** The averaged model that is being refined. */
      readonly averaged: Hash;
      readonly trajectory: Trajectory;
      readonly after: AfterRound;
    }
  | { readonly phase: "paused"; readonly round: number; readonly snapshot: Hash; readonly trajectory: Trajectory }
  | { readonly phase: "stopped"; readonly round: number; readonly snapshot: Hash }
  | { readonly phase: "finished"; readonly round: number; readonly snapshot: Hash };

/**
 * Where DynaFed stands. `collecting` counts the snapshots kept so far, the initialisation included.
 * `none`: the strategy keeps no trajectory.
 */
export type Trajectory =
  | { readonly kind: "none" }
  | { readonly kind: "collecting"; readonly snapshots: number }
  | { readonly kind: "synthesized" };

/** Everything that can happen to a run. Events for another round, or another phase, change nothing. */
export type RunEvent =
  | { readonly type: "started"; readonly atMs: number }
  | { readonly type: "pause-requested"; readonly atMs: number }
  | { readonly type: "stop-requested"; readonly atMs: number }
  | {
      readonly type: "cohort-ready";
      readonly round: number;
      readonly cohort: readonly VolunteerId[];
      readonly atMs: number;
    }
  | {
      readonly type: "update-recorded";
      readonly round: number;
      readonly volunteer: VolunteerId;
      readonly examples: number;
      readonly atMs: number;
    }
  | {
      readonly type: "volunteer-left";
      readonly round: number;
      readonly volunteer: VolunteerId;
      readonly atMs: number;
    }
  | { readonly type: "deadline-passed"; readonly round: number; readonly atMs: number }
  | { readonly type: "aggregated"; readonly round: number; readonly averaged: Hash; readonly atMs: number }
  | { readonly type: "synthesized"; readonly round: number; readonly atMs: number }
  | { readonly type: "refined"; readonly round: number; readonly refined: Hash; readonly atMs: number };
