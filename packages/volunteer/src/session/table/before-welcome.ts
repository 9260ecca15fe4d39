/** The phases without a welcome: reading what the last visit left, and the ways to a connection. */
import type { SessionEffect } from "../events.ts";
import type { SessionPhase } from "../phase.ts";
import { type Cell, ignored, moves, type Row, same } from "./cells.ts";

const roundMessages = [
  "activity-changed",
  "round-evaluated",
  "round-opened",
  "snapshot-chunk",
  "upload-ready",
  "update-acknowledged",
  "update-refused",
  "round-closed",
  "ping",
  "pong",
] as const;
const connectionEvents = ["socket-opened", "socket-closed", "frame-unreadable", "welcome", "fault"] as const;
const trainingEvents = ["training-progressed", "training-finished", "training-failed"] as const;

const alreadyLoaded = ignored("What the last visit left is read once, at the start.");
const beforeWelcome = same(
  roundMessages,
  ignored("Before the welcome only a welcome or a fault means anything."),
);
const lost = moves(
  ["disconnected", "failed", "stopped"],
  ["arm-timer", "abort-training", "disarm-timer", "dispose-trainer"],
  "Waits before it tries again, longer each time. A final fault or close code fails the session, the end of a known run stops it.",
);

/** Reads what the last visit left. */
export const loading: Row = {
  loaded: moves(
    ["connecting"],
    ["open-socket", "arm-timer"],
    "Takes up the identity and the finished update of the last visit, and connects.",
  ),
  ...same([...connectionEvents, ...roundMessages], ignored("There is no connection yet.")),
  ...same([...trainingEvents, "tensor-broken"], ignored("Nothing is being fetched or trained yet.")),
  "tensor-verified": moves(["loading"], [], "The tensor is kept for the round that needs it."),
  "update-progressed": moves(["loading"], [], "The bytes count as traffic."),
  "update-kept": ignored("What the last visit left is not known yet."),
  "timer-fired": ignored("No timer is armed yet."),
  "pause-requested": moves(["loading"], [], "Remembered for the welcome."),
  "resume-requested": moves(["loading"], [], "Takes a pause back."),
  "stop-requested": moves(["stopped"], ["disarm-timer", "dispose-trainer"], "Stops before it has connected."),
};

/** Waits for the next try. */
export const disconnected: Row = {
  loaded: alreadyLoaded,
  ...same([...connectionEvents, ...roundMessages], ignored("It comes from a connection that is gone.")),
  ...workWithoutServer("disconnected", []),
  "timer-fired": moves(["connecting"], ["open-socket", "arm-timer"], "Tries again."),
  "stop-requested": stops([]),
};

/** Waits for the socket to open. */
export const connecting: Row = {
  loaded: alreadyLoaded,
  ...beforeWelcome,
  ...same(["welcome", "fault"], ignored("Nothing answers a hello that has not been sent.")),
  ...workWithoutServer("connecting", ["close-socket"]),
  "socket-opened": moves(["greeting"], ["send"], "Sends hello, with the resume token if there is one."),
  "socket-closed": lost,
  "frame-unreadable": confused("connecting"),
  "timer-fired": unanswered("connecting"),
  "stop-requested": stops(["close-socket"]),
};

/** Waits for the welcome. */
export const greeting: Row = {
  loaded: alreadyLoaded,
  ...beforeWelcome,
  ...workWithoutServer("greeting", ["close-socket"]),
  "socket-opened": ignored("The socket is open."),
  "socket-closed": lost,
  "frame-unreadable": confused("greeting"),
  welcome: moves(
    ["waiting", "paused", "downloading", "ready", "training", "delivering"],
    ["save-identity", "arm-timer", "send"],
    "Takes up what there is to do: offers the finished update, asks for the rest of a tensor, says that it is available.",
  ),
  fault: moves(["greeting"], [], "Kept as the reason for the close that follows."),
  "timer-fired": unanswered("greeting"),
  "stop-requested": stops(["close-socket"]),
};

/** What goes on without the server. `closing`: how the session ends a connection that it has begun. */
function workWithoutServer(own: SessionPhase, closing: readonly SessionEffect["type"][]) {
  return {
    "tensor-verified": moves(
      [own],
      ["begin-download", "start-training"],
      "The round's next tensor is prepared for, or the training starts.",
    ),
    "tensor-broken": moves(
      [own, "failed"],
      ["begin-download", "disarm-timer", ...closing],
      "The download begins again. After three in a row the server counts as not understood, as after an unreadable frame.",
    ),
    "training-progressed": moves([own], [], "Shown."),
    "training-finished": moves(
      [own],
      ["persist-update", "start-training"],
      "The update is stored. A training that was called off only makes room for the one that waits.",
    ),
    "training-failed": moves(
      [own, "failed"],
      ["start-training", "disarm-timer", ...closing],
      "The round is given up; the third failure in a row fails the session. A training that was called off only makes room for the one that waits.",
    ),
    "update-progressed": moves([own], [], "The bytes count as traffic."),
    "update-kept": moves([own], [], "The update can be offered after the welcome."),
    "pause-requested": moves(
      [own],
      ["abort-training"],
      "Ends the work on the round. A finished update is still delivered.",
    ),
    "resume-requested": moves([own], [], "Takes a pause back."),
  } satisfies Partial<Row>;
}

function confused(own: SessionPhase): Cell {
  return moves(
    [own, "failed"],
    ["close-socket", "abort-training", "disarm-timer"],
    "Hangs up, since a fresh connection may mend it. The fifth time since an update counted fails the session.",
  );
}

function unanswered(own: SessionPhase): Cell {
  return moves([own], ["close-socket"], "Hangs up after 20 seconds without an answer.");
}

function stops(closing: readonly SessionEffect["type"][]): Cell {
  return moves(
    ["stopped"],
    ["abort-training", "disarm-timer", "dispose-trainer", ...closing],
    "Stops for good. A finished update stays stored for the next visit.",
  );
}
