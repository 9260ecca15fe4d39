/** The connection's whole behaviour in one table: every phase, every event. docs/machines.md is printed from it. */
import type { Expected, TransitionTable, VolunteerMessage } from "@tributary/protocol";
import type { ConnectionEffect, ConnectionEvent } from "./events.ts";
import type { ConnectionPhase } from "./state.ts";

/** What can happen to a connection; the volunteer's messages one by one. */
export type ConnectionEventType =
  | Exclude<ConnectionEvent["type"], "message-received">
  | VolunteerMessage["type"];

type Effect = ConnectionEffect["type"];
type Cell = Expected<ConnectionPhase, Effect>;

/** What each phase means, for docs/machines.md. */
export const connectionPhases: Readonly<Record<ConnectionPhase, string>> = {
  greeting: "Waits for a hello.",
  identifying: "Looks up the run and the volunteer that a hello named.",
  joined: "The volunteer has its place in the run. Its desk answers what it asks and takes its updates.",
  closed: "The last word is said, or the socket is gone.",
};

const deskMessages = [
  "available",
  "unavailable",
  "snapshot-requested",
  "training-progressed",
  "update-offered",
  "update-chunk",
] as const;

/** A socket that was paused is resumed, so that it hears the other side close. */
const released: readonly Effect[] = ["disarm-timer", "resume-socket"];
const left: readonly Effect[] = [...released, "close-desk", "leave-run"];
const ended: readonly Effect[] = ["send", "log-end", "close-socket"];

const notAsked = ignored("Nothing was asked for that it would answer.");
const notJoined = ignored("Only a volunteer that has joined has a desk and a place.");

/** What every open connection does in the same way. */
function open(phase: ConnectionPhase, released: readonly Effect[]) {
  return {
    ping: moves([phase], ["send"], "Answers with a pong."),
    pong: ignored("That a frame came is all that a pong says."),
    goodbye: moves(["closed"], [...released, "close-socket"], "Closes with 1000."),
    "frame-unreadable": complains(phase, released, "Answers with a fault."),
    "frame-handled": moves([phase], ["resume-socket"], "Reads a paused socket again once few frames wait."),
    "sending-stalled": moves(
      ["closed"],
      [...released, "log-end", "cut-off"],
      "Ends the connection at once: the volunteer reads nothing.",
    ),
    "server-full": moves(["closed"], [...ended, ...released], "Closes with 4429."),
    "socket-closed": moves(["closed"], released, "Lets go of what the connection held."),
  } as const;
}

/** What a connection does in the same way as long as nobody has joined. */
function beforeJoining(phase: "greeting" | "identifying") {
  return {
    ...open(phase, released),
    ...same(deskMessages, complains(phase, released, "Answers with a fault: hello comes first.")),
    "frame-received": moves(
      [phase],
      ["read-frame", "pause-socket"],
      "Too many waiting frames pause the socket.",
    ),
    "frame-sent": ignored("Bytes count for a volunteer that has joined."),
    ...same(["refused", "replaced"], notJoined),
    "timer-fired": moves(["closed"], [...ended, ...released], "Nobody said hello in time: closes with 4408."),
    "server-stopping": moves(["closed"], [...ended, ...released], "Closes with 4503."),
  } as const;
}

/** The cell of every phase and event. Tests compare each with `step` over every reachable state. */
export const connectionTable: TransitionTable<ConnectionPhase, ConnectionEventType, Effect> = {
  greeting: {
    ...beforeJoining("greeting"),
    hello: moves(
      ["identifying", "closed"],
      ["find-run", ...ended, ...released],
      "Looks for the run. Another protocol version closes with 4426.",
    ),
    ...same(["run-found", "identified"], notAsked),
    "work-failed": moves(["greeting"], ["send"], "Answers with the fault `internal`."),
  },
  identifying: {
    ...beforeJoining("identifying"),
    hello: complains("identifying", released, "Answers with a fault: hello was said already."),
    "run-found": moves(
      ["identifying", "closed"],
      ["identify", ...ended, ...released],
      "Looks up the volunteer. A run that is not there closes with 4404, one that is over with 4410.",
    ),
    identified: moves(
      ["joined"],
      ["send", "join", "arm-timer"],
      "Welcomes the volunteer, and joins it to its run.",
    ),
    "work-failed": moves(
      ["greeting"],
      ["send"],
      "Answers with the fault `internal`. The hello may be said again.",
    ),
  },
  joined: {
    ...open("joined", left),
    ...same(deskMessages, moves(["joined"], ["hand-to-desk"], "The desk answers.")),
    hello: complains("joined", left, "Answers with a fault: hello was said already."),
    "frame-received": moves(
      ["joined"],
      ["count-traffic", "read-frame", "pause-socket"],
      "Starts counting silent heartbeats anew. Too many waiting frames pause the socket.",
    ),
    "frame-sent": moves(["joined"], ["count-traffic"], "The bytes count as the volunteer's traffic."),
    ...same(["run-found", "identified"], notAsked),
    "work-failed": moves(["joined"], ["send"], "Answers with the fault `internal`."),
    refused: moves(
      ["joined", "closed"],
      [...ended, ...left],
      "Counts the refusal. The last one that is tolerated closes with 4400.",
    ),
    replaced: keepsItsPlace(
      "The volunteer came with a newer connection: closes with 4409. Its place goes on there.",
    ),
    "timer-fired": moves(
      ["joined", "closed"],
      ["arm-timer", ...ended, ...left],
      "Sends a ping. Too many heartbeats without a frame close with 4408.",
    ),
    "server-stopping": keepsItsPlace("Closes with 4503. The volunteer keeps its place in the open round."),
  },
  closed: {
    ...same(
      [
        ...deskMessages,
        ...(["hello", "goodbye", "ping", "pong", "frame-received", "frame-unreadable"] as const),
        ...(["frame-handled", "frame-sent", "run-found", "identified", "work-failed", "refused"] as const),
        ...(["replaced", "timer-fired", "server-full", "server-stopping", "socket-closed"] as const),
      ],
      ignored("The connection has ended."),
    ),
    "sending-stalled": moves(
      ["closed"],
      ["cut-off"],
      "Not even the last word is read: ends the connection at once.",
    ),
  },
};

function complains(phase: ConnectionPhase, released: readonly Effect[], when: string): Cell {
  return moves(
    [phase, "closed"],
    [...ended, ...released],
    `${when} The last one that is tolerated closes with 4400.`,
  );
}

function keepsItsPlace(when: string): Cell {
  return moves(["closed"], [...ended, ...released, "close-desk"], when);
}

/** The event changes nothing, whatever the state within the phase. */
function ignored(because: string): Cell {
  return { outcome: "ignored", because };
}

/** The event can lead to exactly these phases, and ask for exactly these effects. */
function moves(to: readonly ConnectionPhase[], effects: readonly Effect[], when: string): Cell {
  return { outcome: "moves", to, effects, when };
}

/** The same cell for several events. */
function same<Event extends ConnectionEventType>(events: readonly Event[], cell: Cell) {
  return Object.fromEntries(events.map((event) => [event, cell])) as Record<Event, Cell>;
}
