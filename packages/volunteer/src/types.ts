/**
 * What a volunteer is given and what it shows. It owns no clock, timer, socket or randomness: all of them are
 * injected.
 */
import type { LocalTrainingResult } from "@tributary/model";
import type { BackendName, Measurement, Plan, RunActivity, ServerMessage } from "@tributary/protocol";

/** Tells a training whether to give up, and why. An `AbortSignal` of the platform is one. */
export type TrainingSignal = {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
};

/** `batch` of `batches` is trained; `loss` is that batch's mean loss. */
export type BatchProgress = { readonly batch: number; readonly batches: number; readonly loss: number };

/** One round of local training. */
export type TrainingRequest = {
  readonly round: number;
  readonly plan: Plan;
  /** The round's snapshot, [parameters]. The trainer must not write to it or transfer its buffer. */
  readonly start: Float32Array;
  /**
   * The server's control variate, [parameters]; null where the strategy has none or it is zero. Must not be written
   * to.
   */
  readonly control: Float32Array | null;
  readonly onBatch: (progress: BatchProgress) => void;
  readonly signal: TrainingSignal;
};

/** What a round of local training gives. */
export type TrainingResult = LocalTrainingResult & {
  /** The round's model as it came, measured on what is held out; null where nothing is. */
  readonly evaluation: Measurement | null;
  /** The change of the client's own control variate, [parameters]; null where the strategy has none. */
  readonly controlDelta: Float32Array | null;
};

/**
 * Trains rounds, and owns the data and the client's memory. A page trains in a Web Worker, Node in the process
 * itself.
 */
export type Trainer = {
  /** Examples to train on: those that are not held out. */
  readonly examples: number;
  readonly backend: BackendName;
  /** Rejects with `signal.reason` once the signal is aborted. Never called twice at once. */
  train(request: TrainingRequest): Promise<TrainingResult>;
  /**
   * Takes the server's last word on the update of a round: whether it is committed. Resolves when the client's memory
   * that heeds it is kept, and rejects when the trainer is gone. Until it resolves the update stays stored, so that
   * the next visit asks the server again.
   */
  settle(round: number, counted: boolean): Promise<void>;
  /** Frees everything; the trainer is not used afterwards. */
  dispose(): Promise<void>;
};

/**
 * Keeps what a reload must not lose: who this volunteer is, its finished update, its client memory. A page stores it
 * in IndexedDB, Node in memory. Keys consist of letters, digits, "-" and "/". Any call may reject.
 */
export type SessionStore = {
  /** Null where nothing is saved under the key. */
  load(key: string): Promise<Uint8Array | null>;
  save(key: string, value: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
};

/** An open binary WebSocket. After `close`, `closed` is still reported once. */
export type SocketLike = {
  send(bytes: Uint8Array): void;
  close(code?: number, reason?: string): void;
  readonly bufferedAmount: number;
};

/** Reported asynchronously, never from inside `openSocket`. A socket that cannot open reports `closed`. */
export type SocketEvents = {
  opened(): void;
  received(bytes: Uint8Array): void;
  closed(code: number, reason: string): void;
};

/** Everything of the outside world that a volunteer uses. */
export type VolunteerDeps = {
  readonly openSocket: (url: string, events: SocketEvents) => SocketLike;
  readonly trainer: Trainer;
  readonly store: SessionStore;
  /** Milliseconds on any clock that does not jump; only differences count. */
  readonly now: () => number;
  /** Uniform in [0, 1); only for the jitter of reconnections. */
  readonly random: () => number;
  /** Calls `run` once, `ms` milliseconds from now, unless the function that it returns is called before. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** What the server is told about this client. */
  readonly client: { readonly name: string; readonly version: string; readonly device: string };
};

/** What a volunteer is doing, for people. `received`, `sent` and `total` are bytes. */
export type VolunteerStatus =
  | { readonly phase: "connecting" }
  | {
      readonly phase: "reconnecting";
      /** From the moment at which this status began. */
      readonly inMs: number;
      readonly attempt: number;
      readonly cause: string;
    }
  | { readonly phase: "waiting"; readonly activity: RunActivity | null }
  | {
      readonly phase: "downloading";
      readonly round: number;
      readonly received: number;
      readonly total: number;
    }
  | { readonly phase: "training"; readonly round: number; readonly batch: number; readonly batches: number }
  | { readonly phase: "sending"; readonly round: number; readonly sent: number; readonly total: number }
  | { readonly phase: "paused" }
  | { readonly phase: "stopped" }
  /** It does not come back by itself. */
  | { readonly phase: "failed"; readonly reason: string };

/** What the server has committed of this volunteer since it was started. */
export type Contribution = {
  readonly rounds: number;
  /** Sum over the rounds. */
  readonly examples: number;
  /** Bytes of weights, as they crossed the socket. */
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/** How good the global model is after a round on the server's test set, and before it on what volunteers hold out. */
export type RoundPoint = Omit<Extract<ServerMessage, { readonly type: "round-evaluated" }>, "type">;

/** A finished round of the volunteer's own training. `accuracy`: 0 to 1; null for a regression. */
export type LocalPoint = { readonly round: number; readonly loss: number; readonly accuracy: number | null };

/** Everything that a page shows of a volunteer. Parts that have not changed are the same objects as before. */
export type VolunteerView = {
  readonly status: VolunteerStatus;
  readonly activity: RunActivity | null;
  /** Rounds in the run's plan; 0 before the first welcome. */
  readonly rounds: number;
  readonly contribution: Contribution;
  /** The volunteer's own training, one entry for each finished round. */
  readonly local: readonly LocalPoint[];
  readonly global: readonly RoundPoint[];
  /** The newest update that was not used, and why. */
  readonly lastRefusal: { readonly round: number; readonly reason: string; readonly detail: string } | null;
};

/** A running volunteer. */
export type Volunteer = {
  /** Stops the work on a round; a finished update is still delivered. */
  pause(): void;
  resume(): void;
  /** Says goodbye and closes. Resolves when the trainer is disposed of and everything is stored. */
  stop(): Promise<void>;
  view(): VolunteerView;
  /** The newest snapshot that was downloaded whole, [parameters]; null before the first. */
  latestModel(): Float32Array | null;
};

/** Where a volunteer takes part, with what, and who watches. */
export type StartVolunteerOptions = {
  /** ws(s)://host/api/volunteer */
  readonly url: string;
  readonly run: string;
  readonly deps: VolunteerDeps;
  /** Called with the new view whenever it has changed. */
  readonly onView: (view: VolunteerView) => void;
};
