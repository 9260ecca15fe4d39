/**
 * What the HTTP side needs to know of the runs that this process coordinates: the part of a run's state that is
 * in memory and not (yet) in the database. `startRuns` implements it.
 */
import type { RunActivity, VolunteerId } from "@tributary/protocol";
import type { Training } from "./roster.ts";

export type RunAction = "start" | "pause" | "stop";

export type ConnectedVolunteer = {
  readonly volunteer: VolunteerId;
  readonly available: boolean;
  /** Examples that one local epoch trains on; 0 until the volunteer said so. */
  readonly examples: number;
  /** null: it has not told of any training. */
  readonly training: Training | null;
};

/** The round that is being collected. */
export type OpenRound = {
  readonly round: number;
  readonly asked: readonly VolunteerId[];
  readonly reported: readonly VolunteerId[];
  /** The time of day, in ms since 1970, at which the round ends if nothing else ends it. */
  readonly deadlineAtMs: number;
};

export type LiveRun = {
  readonly activity: RunActivity;
  readonly open: OpenRound | null;
  readonly volunteers: readonly ConnectedVolunteer[];
};

/** Expected refusals of an action are data: the reason is shown to the operator. */
export type ActionOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export type LiveRuns = {
  /** null: this process does not know the run. */
  find(run: string): LiveRun | null;
  /** Begins to coordinate a run that was just created. */
  adopt(run: string): Promise<void>;
  act(run: string, action: RunAction): Promise<ActionOutcome>;
  /** Calls back after every change of the run's live state; returns the way to stop. */
  subscribe(run: string, onChange: () => void): () => void;
};
