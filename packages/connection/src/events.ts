/** Everything that can happen to a connection, and everything that it can ask its shell to do. */
import type {
  ClosingFault,
  Hello,
  PassingFault,
  Plan,
  ServerMessage,
  VolunteerId,
  VolunteerMessage,
} from "@tributary/protocol";
import type { RunState } from "@tributary/rounds";

/** The messages that the connection answers by itself. */
type OwnMessage = "hello" | "goodbye" | "ping" | "pong";

/** The messages that the volunteer's desk answers. */
export type DeskMessage = Exclude<VolunteerMessage, { readonly type: OwnMessage }>;

/** Everything that can happen to a connection. */
export type ConnectionEvent =
  /** A binary frame came. Frames are worked on one after the other, in their order. */
  | { readonly type: "frame-received"; readonly frame: Uint8Array }
  /** The oldest waiting frame held a message. */
  | { readonly type: "message-received"; readonly message: VolunteerMessage }
  /** A frame held no message of this protocol, or was text. */
  | {
      readonly type: "frame-unreadable";
      readonly reason: Extract<PassingFault, "bad-frame" | "bad-message">;
      readonly detail: string;
    }
  /** The work on the oldest waiting frame has ended, whatever came of it. */
  | { readonly type: "frame-handled" }
  | { readonly type: "frame-sent"; readonly bytes: number }
  /** More than the limit waits to be sent: the volunteer reads nothing. */
  | { readonly type: "sending-stalled" }
  /** Answers `find-run`. null: there is no such run. */
  | { readonly type: "run-found"; readonly phase: RunState["phase"] | null }
  /** Answers `identify`. */
  | {
      readonly type: "identified";
      readonly volunteer: VolunteerId;
      readonly resumeToken: string;
      readonly run: { readonly name: string; readonly plan: Plan };
    }
  /** Something that was asked for could not be done, through no fault of the volunteer. */
  | { readonly type: "work-failed"; readonly detail: string }
  /** The desk refused an update or a request, and has said so. */
  | { readonly type: "refused" }
  /** The same volunteer has joined by another connection. */
  | { readonly type: "replaced" }
  | { readonly type: "timer-fired" }
  | { readonly type: "server-full" }
  | { readonly type: "server-stopping" }
  | { readonly type: "socket-closed" };

/** The event of one type. */
export type EventOf<Type extends ConnectionEvent["type"]> = Extract<ConnectionEvent, { type: Type }>;

/** Everything that a connection asks its shell to do, in the order of a step's effects. */
export type ConnectionEffect =
  | { readonly type: "send"; readonly message: ServerMessage }
  /** Decodes the frame once those before it are done; answered by its message or its fault, and `frame-handled`. */
  | { readonly type: "read-frame"; readonly frame: Uint8Array }
  /** Answered by `run-found`. */
  | { readonly type: "find-run"; readonly run: string }
  /** Looks up the volunteer of the hello, or creates it; answered by `identified`. */
  | { readonly type: "identify"; readonly hello: Hello }
  /** Takes the volunteer's place in its run, and opens its desk. */
  | { readonly type: "join"; readonly volunteer: VolunteerId }
  | { readonly type: "hand-to-desk"; readonly message: DeskMessage }
  /** Stops the download under way. */
  | { readonly type: "close-desk" }
  /** Gives up the volunteer's place in its run. */
  | { readonly type: "leave-run" }
  | { readonly type: "count-traffic"; readonly bytesUp: number; readonly bytesDown: number }
  /** Takes the place of the timer armed before. */
  | { readonly type: "arm-timer"; readonly ms: number }
  | { readonly type: "disarm-timer" }
  | { readonly type: "pause-socket" }
  | { readonly type: "resume-socket" }
  | { readonly type: "close-socket"; readonly code: number; readonly reason: string }
  /** Ends the connection at once, without a closing handshake. */
  | { readonly type: "cut-off" }
  /** Logs why the connection ends. `run` and `volunteer`: null where they are not known. */
  | {
      readonly type: "log-end";
      readonly reason: ClosingFault | "stalled";
      readonly detail: string;
      readonly run: string | null;
      readonly volunteer: VolunteerId | null;
    };

/** The effect of one type. */
export type EffectOf<Type extends ConnectionEffect["type"]> = Extract<ConnectionEffect, { type: Type }>;
