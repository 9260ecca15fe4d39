/**
 * The state of a volunteer's session. Three parts of it move independently: the link to the server, the task (the
 * round that is worked on), and the finished update that is held until it is delivered. Weights never enter the
 * state, only their hashes and lengths, so that a state can be printed and compared.
 */
import type { BackendName, Hash, Plan, TensorManifest, UpdateOffered } from "@tributary/protocol";
import type { VolunteerView } from "../types.ts";

/** All that a session knows. */
export type Session = {
  readonly self: Self;
  readonly link: Link;
  readonly task: Task;
  readonly held: Held | null;
  /** The training that the trainer is busy with, which may have been called off. */
  readonly busy: number | null;
  readonly paused: boolean;
  readonly plan: Plan | null;
  readonly resumeToken: string | null;
  /** Hashes of the snapshot and the control variate that are here whole. */
  readonly present: { readonly [Part in RoundPart]: Hash | null };
  /** Connections that were lost or never came about since the last welcome. */
  readonly attempt: number;
  /** Trainings that failed since the last one that did not. */
  readonly failures: number;
  /** Times that the server was not understood since the last update that counted. */
  readonly confusions: number;
  /** The newest id. Connections, timers and trainings share the numbers, so that no id is used twice. */
  readonly lastId: number;
  readonly record: SessionRecord;
};

/** What the volunteer tells the server about itself. */
export type Self = {
  readonly run: string;
  readonly client: { readonly name: string; readonly version: string; readonly device: string };
  readonly backend: BackendName;
  readonly examples: number;
};

/** What has happened so far, for people to see. */
export type SessionRecord = Omit<VolunteerView, "status" | "rounds">;

/** Where the connection stands. At most one timer is armed at a time. */
export type Link =
  /** The shell reads what the last visit left. */
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
      /** Whether the next heartbeat asks again for what is under way, because the server failed at something. */
      readonly redo: boolean;
      readonly fault: Closing | null;
    }
  | { readonly phase: "stopped" }
  | { readonly phase: "failed"; readonly reason: string };

/** The newest fault that the server reported: the reason for the end of the connection, should it end. */
export type Closing = { readonly final: boolean; readonly detail: string; readonly retryInMs: number };

/** What a round is trained on: the model and, under some strategies, the server's control variate. */
export type RoundPart = "snapshot" | "control";

/** The tensors of a round that is worked on. `control` null: the round has none. */
export type RoundTensors = {
  readonly round: number;
  readonly snapshot: TensorManifest;
  readonly control: TensorManifest | null;
};

/** The work on a round. */
export type Task =
  | { readonly phase: "none" }
  /** `tensor` is the one that is being fetched, and `received` how many of its bytes are here. */
  | (RoundTensors & {
      readonly phase: "downloading";
      readonly part: RoundPart;
      readonly tensor: TensorManifest;
      readonly received: number;
      /** Downloads of `tensor` that were broken, such as those that ended with the wrong hash. */
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

/** A finished update, held until the server has committed it or refused it for good. */
export type Held = {
  readonly offer: UpdateOffered;
  readonly delivery: Delivery;
  /** Refusals after which it was offered again. */
  readonly retries: number;
};

/** How far the delivery of a held update has come. */
export type Delivery =
  /** Not stored yet. It is not offered before: an update that the server commits must survive a reload here too. */
  | { readonly phase: "unkept" }
  | { readonly phase: "unoffered" }
  | { readonly phase: "offered" }
  /** `sent`: bytes that the socket took. */
  | { readonly phase: "sending"; readonly sent: number };

/** A session that has not loaded what the last visit left. */
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

/** The present connection's id; null where there is none. */
export function connectionOf({ link }: Session): number | null {
  return "connection" in link ? link.connection : null;
}
