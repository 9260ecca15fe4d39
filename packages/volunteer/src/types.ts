/** What a volunteer is given, and what it shows. No clock, timer, socket or randomness of its own: all injected. */
import type { LocalTrainingResult } from "@tributary/model";
import type { BackendName, Plan, RunActivity, ServerMessage } from "@tributary/protocol";

/** Why and whether to give up; an `AbortSignal` of the platform is one. */
export type TrainingSignal = {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
};

export type BatchProgress = { readonly batch: number; readonly batches: number; readonly loss: number };

export type TrainingRequest = {
  readonly round: number;
  readonly plan: Plan;
  /** The round's snapshot: [parameters]. The trainer neither writes to it nor hands its buffer away. */
  readonly start: Float32Array;
  /** The server's control variate: [parameters]; null: the strategy has none, or it is zero. Not written to either. */
  readonly control: Float32Array | null;
  readonly onBatch: (progress: BatchProgress) => void;
  readonly signal: TrainingSignal;
};

export type TrainingResult = LocalTrainingResult & {
  /** How the client's own control variate changes: [parameters]; null where the strategy has none. */
  readonly controlDelta: Float32Array | null;
};

/** Trains one round. In the page: a Web Worker; in Node: in process. Owns the data and the client's memory. */
export type Trainer = {
  readonly examples: number;
  readonly backend: BackendName;
  /** Rejects with `signal.reason` once the signal is aborted. Never called twice at once. */
  train(request: TrainingRequest): Promise<TrainingResult>;
  /**
   * The server's last word on the update of a round: whether it is committed. Resolves once the memory that heeds it is
   * kept, and rejects when the trainer is gone: until then the update stays stored, so that a reload hears the word again.
   */
  settle(round: number, counted: boolean): Promise<void>;
  dispose(): Promise<void>;
};

/**
 * Things that a reload must not lose: who this volunteer is, and a finished update until it is acknowledged.
 * In a page IndexedDB, in Node memory. Keys hold letters, digits, "-" and "/".
 */
export type SessionStore = {
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

export type VolunteerDeps = {
  readonly openSocket: (url: string, events: SocketEvents) => SocketLike;
  readonly trainer: Trainer;
  readonly store: SessionStore;
  readonly now: () => number;
  /** Uniform in [0, 1); only for the jitter of reconnections. */
  readonly random: () => number;
  /** Runs once after `ms`; returns the way to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly client: { readonly name: string; readonly version: string; readonly device: string };
};

export type VolunteerStatus =
  | { readonly phase: "connecting" }
  | {
      readonly phase: "reconnecting";
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
  /** Will not come back by itself. */
  | { readonly phase: "failed"; readonly reason: string };

export type Contribution = {
  readonly rounds: number;
  readonly examples: number;
  /** Bytes of weights, as they crossed the socket. */
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/** The global model after a round, on the server's test set. */
export type RoundPoint = Omit<Extract<ServerMessage, { readonly type: "round-evaluated" }>, "type">;

/** What a page shows. */
export type VolunteerView = {
  readonly status: VolunteerStatus;
  readonly activity: RunActivity | null;
  /** Rounds of the run's plan; 0 until the server has said. */
  readonly rounds: number;
  readonly contribution: Contribution;
  /** Own training, one entry a finished round. */
  readonly local: readonly { readonly round: number; readonly loss: number; readonly accuracy: number }[];
  readonly global: readonly RoundPoint[];
  readonly lastRefusal: { readonly round: number; readonly reason: string; readonly detail: string } | null;
};

export type Volunteer = {
  pause(): void;
  resume(): void;
  /** Says goodbye, closes, disposes the trainer. */
  stop(): Promise<void>;
  view(): VolunteerView;
  /** The newest snapshot that was downloaded whole: [parameters]. */
  latestModel(): Float32Array | null;
};

export type StartVolunteerOptions = {
  /** ws(s)://host/api/volunteer */
  readonly url: string;
  readonly run: string;
  readonly deps: VolunteerDeps;
  readonly onView: (view: VolunteerView) => void;
};
