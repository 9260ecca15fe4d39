/** What a run's coordinator offers to the volunteers' socket and to the dashboard. */
import type { Hash, RunActivity, VolunteerId } from "@tributary/protocol";
import type { Judgement, Offer, RunState } from "@tributary/rounds";
import type { StoredRun, StoredUpdate } from "@tributary/storage";
import type { ActionOutcome, LiveRun, RunAction } from "./live-runs.ts";
import type { Connection, Training } from "./roster.ts";

/** Times that tests shorten. */
export type CoordinatorSettings = {
  /** After a restart, how long the cohort of an open round has to come back before it counts as gone. */
  readonly rejoinGraceMs: number;
  /** How often the store is searched for results of the compute process, besides at each notification. */
  readonly pollMs: number;
};

/** One volunteer's place in a run, for as long as its connection lives. */
export type Presence = {
  /** May be asked from now on, and is back in the open round. `examples`: how many one local epoch trains on. */
  available(examples: number): void;
  /** Leaves the open round and is asked no more. */
  unavailable(): void;
  /** The connection is gone. Does nothing if a newer one has taken its place. */
  left(): void;
  /** Tells how far the local training is. */
  progressed(training: Training): void;
  /** Adds to the traffic that is stored with the round. */
  countTraffic(bytesUp: number, bytesDown: number): void;
};

/** What became of an update. `failed`: it could not be stored, and may be offered again. */
export type SubmitOutcome = Exclude<Judgement, { outcome: "wanted" }> | { readonly outcome: "failed" };

/** The way to one run that this process coordinates. */
export type Coordinator = {
  readonly run: StoredRun;
  /** Values in the run's model. */
  readonly parameters: number;
  /** Where the run stands, as far as it is committed. */
  state(): RunState;
  /** What volunteers are told of it. */
  activity(): RunActivity;
  /** What the dashboard is told of it. */
  live(): LiveRun;
  /** Resolves once the operator's action is committed or refused. Rejects when it cannot be stored. */
  act(action: RunAction): Promise<ActionOutcome>;
  /** Calls back after changes of what the functions above return, several of them together. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Takes a volunteer in; an older connection of the same volunteer is replaced. */
  join(volunteer: VolunteerId, connection: Connection): Presence;
  /** Whether an update is wanted, before its bytes travel. */
  judge(volunteer: VolunteerId, offer: Offer): Judgement;
  /**
   * Stores an update that was wanted and whose values are checked. `recorded` means that it is committed: now, or
   * earlier already. Never rejects.
   */
  submit(update: StoredUpdate, snapshot: Hash): Promise<SubmitOutcome>;
  /** Gives the lead up. Resolves once what is under way has ended; nothing is recorded afterwards. */
  close(): Promise<void>;
};
