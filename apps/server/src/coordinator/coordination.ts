/** What a run's coordinator offers to the volunteers' socket and to the dashboard. */
import type { Hash, RunActivity, VolunteerId } from "@tributary/protocol";
import type { Judgement, Offer, RunState } from "@tributary/rounds";
import type { StoredRun, StoredUpdate } from "@tributary/storage";
import type { ActionOutcome, LiveRun, RunAction } from "./live-runs.ts";
import type { Connection, Training } from "./roster.ts";

export type CoordinatorSettings = {
  /** After a restart, how long the cohort of an open round has to come back before it counts as gone. */
  readonly rejoinGraceMs: number;
  /** How often the compute process's results are looked for, beside the notifications. */
  readonly pollMs: number;
};

/** One volunteer's place in a run, for as long as its connection lives. */
export type Presence = {
  available(examples: number): void;
  /** Leaves the open round and is asked no more. */
  unavailable(): void;
  left(): void;
  progressed(training: Training): void;
  countTraffic(bytesUp: number, bytesDown: number): void;
};

/** `failed`: it could not be stored, and may be offered again. */
export type SubmitOutcome = Exclude<Judgement, { outcome: "wanted" }> | { readonly outcome: "failed" };

export type Coordinator = {
  readonly run: StoredRun;
  /** Values in the run's model. */
  readonly parameters: number;
  state(): RunState;
  activity(): RunActivity;
  live(): LiveRun;
  act(action: RunAction): Promise<ActionOutcome>;
  /** Calls back after every change of what the functions above return. */
  onChange(listener: () => void): () => void;
  join(volunteer: VolunteerId, connection: Connection): Presence;
  /** Whether an update is wanted, before its bytes travel. */
  judge(volunteer: VolunteerId, offer: Offer): Judgement;
  /**
   * Stores an update that was wanted and whose values are checked. `recorded` means that it is committed: now, or
   * earlier already. Never rejects.
   */
  submit(update: StoredUpdate, snapshot: Hash): Promise<SubmitOutcome>;
  close(): Promise<void>;
};
