/** Where a session stands, in the words of its transition table. */
import type { HeardMessage, SessionEvent } from "./events.ts";
import type { Link, Session } from "./state.ts";

/**
 * The link to the server comes first: work goes on without it, but nothing of it can be told. With a welcome the
 * phase is that of the work.
 */
export type SessionPhase =
  | Exclude<Link["phase"], "greeted">
  | "waiting"
  | "paused"
  | "downloading"
  | "ready"
  | "training"
  | "delivering";

/** What each phase means, in the order in which a volunteer meets them. */
export const sessionPhases: Readonly<Record<SessionPhase, string>> = {
  loading: "Reads what the last visit left: the resume token, and a finished update.",
  disconnected: "Waits before it tries to connect again.",
  connecting: "Waits for the socket to open.",
  greeting: "Has said hello, and waits for the welcome.",
  waiting: "Is available, and waits to be asked.",
  paused: "The volunteer does not want to be asked.",
  downloading: "Fetches the round's snapshot or control variate.",
  ready: "Has all that the round needs, and waits for the trainer to end a training that was called off.",
  training: "The trainer trains the round.",
  delivering: "Has a finished update that the server has not committed or refused for good.",
  stopped: "Has ended, by the volunteer's wish or with the run.",
  failed: "Has given up, with a reason.",
};

/** What can happen to a session; the server's messages one by one. */
export type SessionEventType = Exclude<SessionEvent["type"], "message-received"> | HeardMessage["type"];

/** The phase in which a state stands. */
export function phaseOf({ link, task, held, paused }: Session): SessionPhase {
  if (link.phase !== "greeted") return link.phase;
  if (task.phase !== "none") return task.phase;
  if (held !== null) return "delivering";
  return paused ? "paused" : "waiting";
}
