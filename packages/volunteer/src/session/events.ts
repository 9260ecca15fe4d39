/** All that can happen to a session, and all that it can ask its shell to do. */
import type {
  Hash,
  Plan,
  ServerMessage,
  TensorManifest,
  UpdateOffered,
  VolunteerMessage,
} from "@tributary/protocol";
import type { RoundPart } from "./state.ts";

type SnapshotChunk = Extract<ServerMessage, { readonly type: "snapshot-chunk" }>;

/** A message from the server. A chunk has its length in place of its bytes. */
export type HeardMessage =
  | Exclude<ServerMessage, SnapshotChunk>
  | (Omit<SnapshotChunk, "bytes"> & { readonly length: number });

/** What can happen. An event of a connection, timer or training that is not the present one changes nothing. */
export type SessionEvent =
  | { readonly type: "loaded"; readonly resumeToken: string | null; readonly offer: UpdateOffered | null }
  | { readonly type: "socket-opened"; readonly connection: number }
  | {
      readonly type: "socket-closed";
      readonly connection: number;
      readonly code: number;
      readonly reason: string;
      /** Uniform in [0, 1), for the time until the next try. */
      readonly jitter: number;
    }
  | { readonly type: "message-received"; readonly connection: number; readonly message: HeardMessage }
  /** A frame came that is not a message of this protocol. */
  | { readonly type: "frame-unreadable"; readonly connection: number; readonly detail: string }
  | { readonly type: "tensor-verified"; readonly part: RoundPart; readonly hash: Hash }
  | { readonly type: "tensor-broken"; readonly hash: Hash; readonly detail: string }
  | {
      readonly type: "training-progressed";
      readonly training: number;
      readonly batch: number;
      readonly batches: number;
      readonly loss: number;
    }
  | { readonly type: "training-finished"; readonly training: number; readonly offer: UpdateOffered }
  | { readonly type: "training-failed"; readonly training: number; readonly detail: string }
  | {
      readonly type: "update-progressed";
      readonly hash: Hash;
      readonly sent: number;
      readonly chunkBytes: number;
    }
  /** The update is stored, or the store failed: then waiting longer would not make it safer. */
  | { readonly type: "update-kept"; readonly hash: Hash }
  | { readonly type: "timer-fired"; readonly timer: number }
  | { readonly type: "pause-requested" }
  | { readonly type: "resume-requested" }
  | { readonly type: "stop-requested" };

/** What the shell can be asked to do. The effects of a step are performed in their order. */
export type SessionEffect =
  | { readonly type: "open-socket"; readonly connection: number }
  | { readonly type: "close-socket"; readonly code: number; readonly reason: string }
  | { readonly type: "send"; readonly message: VolunteerMessage }
  /** Replaces the timer that was armed before. */
  | { readonly type: "arm-timer"; readonly timer: number; readonly ms: number }
  | { readonly type: "disarm-timer" }
  | { readonly type: "save-identity"; readonly resumeToken: string }
  | { readonly type: "begin-download"; readonly part: RoundPart; readonly tensor: TensorManifest }
  /** Keeps the bytes of the chunk that was just heard. After the last one the hash is checked. */
  | { readonly type: "keep-chunk"; readonly hash: Hash; readonly offset: number }
  | {
      readonly type: "start-training";
      readonly training: number;
      readonly round: number;
      readonly plan: Plan;
      readonly snapshot: Hash;
      readonly control: Hash | null;
    }
  | { readonly type: "abort-training"; readonly training: number }
  /** Stores the update of the training that has just finished. Answered by `update-kept`. */
  | { readonly type: "persist-update"; readonly offer: UpdateOffered }
  /** After the server's last word on the update. `counted`: it is committed. */
  | {
      readonly type: "forget-update";
      readonly hash: Hash;
      readonly round: number;
      readonly counted: boolean;
    }
  /** Sends the update's chunks from `offset` on. Replaces an upload that is under way. */
  | {
      readonly type: "send-update";
      readonly offer: UpdateOffered;
      readonly offset: number;
      readonly chunkBytes: number;
    }
  | { readonly type: "dispose-trainer" };

/** The event of one type. */
export type EventOf<Type extends SessionEvent["type"]> = Extract<SessionEvent, { readonly type: Type }>;

/** The message of one type. */
export type MessageOf<Type extends HeardMessage["type"]> = Extract<HeardMessage, { readonly type: Type }>;

/** The effect of one type. */
export type EffectOf<Type extends SessionEffect["type"]> = Extract<SessionEffect, { readonly type: Type }>;
