import type { Hello, VolunteerId } from "@tributary/protocol";

/** Where the server's side of one connection stands. */
export type ConnectionState =
  /** Nobody has said hello yet. */
  | (Intake & { readonly phase: "greeting" })
  /** Hello was said; the run and the volunteer are being looked up. */
  | (Intake & { readonly phase: "identifying"; readonly hello: Hello })
  | (Intake & {
      readonly phase: "joined";
      readonly run: string;
      readonly volunteer: VolunteerId;
      /** Updates and requests that were refused. */
      readonly refusals: number;
      /** Heartbeats since anything was last heard. */
      readonly silentBeats: number;
      /** The nonce of the last ping. */
      readonly nonce: number;
    })
  /** The last word is said, or the socket is gone. */
  | { readonly phase: "closed" };

/** What every open connection counts. */
export type Intake = {
  /** Frames that made no sense. */
  readonly faults: number;
  /** Frames that wait to be worked on, the one under work among them. */
  readonly waitingFrames: number;
  /** The socket is not read until fewer frames wait. */
  readonly paused: boolean;
};

/** The names of the phases. */
export type ConnectionPhase = ConnectionState["phase"];
/** A state in which the connection is not closed. */
export type OpenState = Exclude<ConnectionState, { phase: "closed" }>;
/** The state of one phase. */
export type StateOf<Phase extends ConnectionPhase> = Extract<ConnectionState, { phase: Phase }>;
