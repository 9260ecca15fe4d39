/**
 * What the round machine knows of a run. Weights never enter it, only their hashes, so that a state prints,
 * compares, journals and replays.
 */
import type { Hash, VolunteerId } from "@tributary/protocol";

/** What the run does after the current round. */
export type AfterRound = "continue" | "pause" | "stop";

/**
 * `completed` counts the rounds that produced an aggregate. A round number is used once: an abandoned round
 * keeps its number, so `round` may run ahead of `completed`.
 */
export type RunState =
  /** Created, not started by the operator yet. */
  | {
      readonly phase: "created";
      readonly round: number;
      readonly completed: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
    }
  /** Between rounds: `round` opens when enough volunteers are available. */
  | {
      readonly phase: "waiting";
      readonly round: number;
      readonly completed: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
    }
  | {
      readonly phase: "collecting";
      readonly round: number;
      readonly completed: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
      readonly cohort: ReadonlySet<VolunteerId>;
      /** volunteer -> examples trained on; an entry means that the update is committed. */
      readonly received: ReadonlyMap<VolunteerId, number>;
      /** Members of the cohort that left and have not reported. */
      readonly dropped: ReadonlySet<VolunteerId>;
      /** How long the round may take, measured by the shell. A restart starts it anew. */
      readonly deadlineMs: number;
      readonly after: "continue" | "pause";
    }
  | {
      readonly phase: "aggregating";
      readonly round: number;
      readonly completed: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
      /** In ascending order of their ids. */
      readonly reported: readonly VolunteerId[];
      readonly after: AfterRound;
    }
  /** `round` is aggregated and completed a trajectory. The next round opens once the new synthetic set exists. */
  | {
      readonly phase: "synthesizing";
      readonly round: number;
      readonly completed: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
      readonly after: "continue" | "pause";
    }
  | {
      readonly phase: "refining";
      readonly round: number;
      readonly completed: number;
      /** The aggregate that is being refined. */
      readonly aggregate: Hash;
      readonly trajectory: Trajectory;
      readonly after: AfterRound;
    }
  /** Between rounds, by the operator's wish: `round` is the one that opens after the pause. */
  | {
      readonly phase: "paused";
      readonly round: number;
      readonly completed: number;
      readonly snapshot: Hash;
      readonly trajectory: Trajectory;
    }
  /** Over. `round` is the last round that was opened. */
  | { readonly phase: "stopped"; readonly round: number; readonly completed: number; readonly snapshot: Hash }
  | {
      readonly phase: "finished";
      readonly round: number;
      readonly completed: number;
      readonly snapshot: Hash;
    };

/**
 * Where DynaFed stands. `collecting` counts the snapshots kept so far, the initialisation included.
 * `synthesized` counts the rounds completed since the newest synthetic set.
 * `none`: the plan keeps no trajectory. `given-up`: the synthesis failed for good, the run goes on without DynaFed.
 */
export type Trajectory =
  | { readonly kind: "none" }
  | { readonly kind: "collecting"; readonly snapshots: number }
  | { readonly kind: "synthesized"; readonly rounds: number }
  | { readonly kind: "given-up" };

/**
 * Everything that can happen to a run. Events of another round, or in another phase, change nothing. `atMs` is the time of
 * day of the event, in ms since 1970, for the journal and for people: nothing is decided by it.
 */
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
  /** A volunteer that had left came back while its round was still open. */
  | {
      readonly type: "volunteer-returned";
      readonly round: number;
      readonly volunteer: VolunteerId;
      readonly atMs: number;
    }
  | { readonly type: "deadline-passed"; readonly round: number; readonly atMs: number }
  | { readonly type: "aggregated"; readonly round: number; readonly aggregate: Hash; readonly atMs: number }
  | { readonly type: "synthesized"; readonly round: number; readonly atMs: number }
  /** The job ended without a synthetic set and will not be tried again; a set that there was before stays in use. */
  | {
      readonly type: "synthesis-failed";
      readonly round: number;
      readonly reason: string;
      readonly atMs: number;
    }
  | { readonly type: "refined"; readonly round: number; readonly refined: Hash; readonly atMs: number }
  /** The job ended without a refined model: the round's aggregate stands. */
  | {
      readonly type: "refine-failed";
      readonly round: number;
      readonly reason: string;
      readonly atMs: number;
    };

/** The phases of a run; `roundPhases` says what each means. */
export type RunPhase = RunState["phase"];

/** The types of events, which are the columns of the transition table. */
export type RunEventType = RunEvent["type"];
