/**
 * What a volunteer's session knows. Bytes of weights never enter it, only hashes and lengths, so that a state
 * prints and compares. Three slots that move independently: the link to the server, the round being worked
 * on, and the finished update being delivered.
 */
import type { BackendName, Hash, Plan, TensorManifest, UpdateOffered } from "@tributary/protocol";
import type { VolunteerView } from "../types.ts";

export type Session = {
  readonly self: Self;
  readonly link: Link;
  readonly task: Task;
  readonly held: Held | null;
  /** The id of the training that the trainer is busy with, which may be one already called off. */
  readonly busy: number | null;
  readonly paused: boolean;
  readonly plan: Plan | null;
  readonly resumeToken: string | null;
  /** The snapshot and the control variate that are here whole. */
  readonly present: { readonly [Part in RoundPart]: Hash | null };
  /** Tries to connect since the last welcome. */
  readonly attempt: number;
  /** Consecutive failures of training, and of understanding the server. */
  readonly failures: number;
  readonly confusions: number;
  /** Counts connections, timers and trainings: an id is never used twice. */
  readonly lastId: number;
  readonly record: SessionRecord;
};

export type Self = {
  readonly run: string;
  readonly client: { readonly name: string; readonly version: string; readonly device: string };
  readonly backend: BackendName;
  readonly examples: number;
};

/** What has happened so far, for the page to show. */
export type SessionRecord = Omit<VolunteerView, "status" | "rounds">;

/** Where the connection stands. Every state has at most one timer. */
export type Link =
  /** Reading what the last visit left. */
  | { readonly phase: "loading" }
  | {
      readonly phase: "disconnected";
      readonly timer: number;
      readonly inMs: number;
      readonly attempt: number;
      readonly cause: string;
    }
  | { readonly phase: "connecting"; readonly connection: number; readonly timer: number }
  | {
      readonly phase: "greeting";
      readonly connection: number;
      readonly timer: number;
      readonly fault: Closing | null;
    }
  | {
      readonly phase: "greeted";
      readonly connection: number;
      readonly timer: number;
      readonly heartbeatMs: number;
      readonly chunkBytes: number;
      /** Heartbeats sent since anything was last heard. */
      readonly silent: number;
      /** Whether the server believes this volunteer available. */
      readonly announced: boolean;
      /** The server failed at something that the next heartbeat asks for again. */
      readonly redo: boolean;
      readonly fault: Closing | null;
    }
  | { readonly phase: "stopped" }
  | { readonly phase: "failed"; readonly reason: string };

/** A fault by which the server prepared the end of the connection. */
export type Closing = { readonly final: boolean; readonly detail: string; readonly retryInMs: number };

/** What a round is trained on: the model and, under some strategies, the server's control variate. */
export type RoundPart = "snapshot" | "control";

export type RoundTensors = {
  readonly round: number;
  readonly snapshot: TensorManifest;
  readonly control: TensorManifest | null;
};

export type Task =
  | { readonly phase: "none" }
  /** `tensor` is the one on its way, the round's snapshot or its control variate. */
  | (RoundTensors & {
      readonly phase: "downloading";
      readonly part: RoundPart;
      readonly tensor: TensorManifest;
      readonly received: number;
      /** Downloads that ended with the wrong hash. */
      readonly broken: number;
    })
  /** Everything is here; the trainer is still ending a training that was called off. */
  | (RoundTensors & { readonly phase: "ready" })
  | (RoundTensors & {
      readonly phase: "training";
      readonly training: number;
      readonly batch: number;
      readonly batches: number;
    });

/** A finished update, kept until the server has committed it or refused it for good. */
export type Held = {
  readonly offer: UpdateOffered;
  readonly delivery: /** Not stored yet: what the server commits must outlive a reload here too. */
    | { readonly phase: "unkept" }
    | { readonly phase: "unoffered" }
    | { readonly phase: "offered" }
    | { readonly phase: "sending"; readonly sent: number };
  /** Refusals that were worth another try. */
  readonly retries: number;
};

export function createSession(self: Self): Session {
  return {
    self,
    link: { phase: "loading" },
    task: { phase: "none" },
    held: null,
    busy: null,
    paused: false,
    plan: null,
    resumeToken: null,
    present: { snapshot: null, control: null },
    attempt: 0,
    failures: 0,
    confusions: 0,
    lastId: 0,
    record: {
      activity: null,
      contribution: { rounds: 0, examples: 0, bytesUp: 0, bytesDown: 0 },
      local: [],
      global: [],
      lastRefusal: null,
    },
  };
}

/** The present connection's id, if there is one. */
export function connectionOf({ link }: Session): number | null {
  return "connection" in link ? link.connection : null;
}
