/** The phases after the welcome, while the connection lasts. */
import type { SessionEffect } from "../events.ts";
import type { SessionPhase } from "../phase.ts";
import { ignored, moves, type Row, same } from "./cells.ts";

type Effects = readonly SessionEffect["type"][];

/** Is available, and waits to be asked. */
export const waiting: Row = {
  ...connected("waiting", []),
  ...withoutRound("waiting"),
  ...withoutUpdate("waiting"),
  "round-opened": moves(
    ["downloading", "ready", "training"],
    ["begin-download", "send", "start-training"],
    "Fetches the snapshot and the control variate unless they are here. Then it trains, as soon as the trainer is free.",
  ),
  "pause-requested": moves(["paused"], ["send"], "Says that it is unavailable."),
  "resume-requested": ignored("It is not paused."),
};

/** Connected, but not available. */
export const paused: Row = {
  ...connected("paused", []),
  ...withoutRound("paused"),
  ...withoutUpdate("paused"),
  "round-opened": moves(["paused"], ["send"], "Says again that it is unavailable."),
  "pause-requested": ignored("It is paused."),
  "resume-requested": moves(["waiting"], ["send"], "Says that it is available."),
};

/** Fetches the tensors of a round. */
export const downloading: Row = {
  ...connected("downloading", []),
  ...withRound("downloading", []),
  ...besideUpdate("downloading"),
  ...calledOff("downloading"),
  "round-opened": moves(
    ["downloading", "ready", "training"],
    ["begin-download", "send", "start-training"],
    "Another round takes the place of this one.",
  ),
  "snapshot-chunk": moves(
    ["downloading", "failed"],
    ["keep-chunk", "close-socket", "disarm-timer"],
    "Keeps the chunk that goes on where the last one ended. A chunk further on counts as an unreadable frame does.",
  ),
  "tensor-verified": moves(
    ["downloading", "ready", "training"],
    ["begin-download", "send", "start-training"],
    "Fetches the control variate if that is missing. Else it trains, as soon as the trainer is free.",
  ),
  "tensor-broken": moves(
    ["downloading", "waiting", "delivering", "failed"],
    ["begin-download", "send", "close-socket", "disarm-timer"],
    "Fetches the tensor again. After three in a row it leaves the round and hangs up, as after an unreadable frame.",
  ),
  "update-refused": moves(
    ["downloading", "waiting", "delivering"],
    ["send", "forget-update"],
    "The tensor that was asked for is refused: leaves the round. A finished update: as while delivering.",
  ),
};

/** Waits for the trainer. */
export const ready: Row = {
  ...connected("ready", []),
  ...withRound("ready", []),
  ...besideUpdate("ready"),
  ...noTensorAwaited("ready"),
  "round-opened": moves(
    ["downloading", "ready"],
    ["begin-download", "send"],
    "Another round takes its place.",
  ),
  "training-progressed": ignored("It comes from a training that was called off."),
  ...same(
    ["training-finished", "training-failed"],
    moves(["training"], ["start-training"], "The trainer is free: starts the training of this round."),
  ),
};

/** Trains a round. */
export const training: Row = {
  ...connected("training", ["abort-training"]),
  ...withRound("training", ["abort-training"]),
  ...besideUpdate("training"),
  ...noTensorAwaited("training"),
  "round-opened": moves(
    ["downloading", "ready", "training"],
    ["abort-training", "begin-download", "send"],
    "Calls the training off for another round, which waits until the trainer is free. For the same round nothing changes.",
  ),
  "training-progressed": moves(["training"], ["send"], "Shown, and told to the server."),
  "training-finished": moves(
    ["delivering"],
    ["persist-update"],
    "The update is stored before it is offered. It takes the place of an older one that was never answered.",
  ),
  "training-failed": moves(
    ["waiting", "delivering", "failed"],
    ["send", "close-socket", "disarm-timer"],
    "Leaves the round, and says that it is available again. The third failure in a row fails the session.",
  ),
};

/** Delivers a finished update, with no round to work on. */
export const delivering: Row = {
  ...connected("delivering", []),
  ...withoutRound("delivering"),
  "round-opened": moves(
    ["delivering", "downloading", "ready", "training"],
    ["send", "begin-download", "start-training"],
    "The update's own round has it offered again, if need be. Another round is begun beside it; a paused volunteer says that it is unavailable.",
  ),
  "round-closed": moves(
    ["delivering", "waiting", "paused"],
    ["forget-update", "send"],
    "The close of its round is the last word on the update: counted or not, it is forgotten.",
  ),
  "update-kept": moves(["delivering"], ["send"], "A reload would find it now: offers it."),
  "upload-ready": moves(
    ["delivering", "waiting", "paused"],
    ["send-update", "send", "forget-update"],
    "Sends the update from the server's place on. A place beyond its end counts as a refusal.",
  ),
  "update-acknowledged": moves(
    ["waiting", "paused"],
    ["forget-update", "send"],
    "It is committed: counts the contribution. A pause that waited for this leaves the round now.",
  ),
  "update-refused": moves(
    ["delivering", "waiting", "paused"],
    ["send", "forget-update"],
    "A refusal of the transport has it offered again, at most three times; any other is the last word.",
  ),
  "pause-requested": moves(["delivering"], [], "Delivers first, and leaves the round afterwards."),
  "resume-requested": moves(["delivering"], ["send"], "Takes a pause back, and says that it is available."),
};

/** What every connection means. `abort`: the effect that ends the work under way. */
function connected(own: SessionPhase, abort: Effects) {
  return {
    loaded: ignored("What the last visit left is read once, at the start."),
    "socket-opened": ignored("The socket is open."),
    "socket-closed": moves(
      ["disconnected", "failed", "stopped"],
      ["arm-timer", ...abort, "disarm-timer", "dispose-trainer"],
      "Waits before it tries again; the work goes on. A final fault or close code fails the session, the end of the run stops it.",
    ),
    "frame-unreadable": moves(
      [own, "failed"],
      ["close-socket", ...abort, "disarm-timer"],
      "Hangs up, since a fresh connection may mend it. The fifth time since an update counted fails the session.",
    ),
    welcome: ignored("It has been welcomed."),
    fault: moves(
      [own],
      [],
      "Kept as the reason for a close. After an internal one the next heartbeat asks again for what is under way.",
    ),
    ping: moves([own], ["send"], "Answers with pong."),
    pong: ignored("It shows that the server is there, as every message does."),
    "activity-changed": moves([own], [], "Shown."),
    "round-evaluated": moves([own], [], "Shown."),
    "update-progressed": moves([own], [], "The bytes count as traffic."),
    "timer-fired": moves(
      [own],
      ["send", "arm-timer", "close-socket"],
      "A heartbeat: sends a ping. After three without a sound from the server it hangs up.",
    ),
    "stop-requested": moves(
      ["stopped"],
      [...abort, "send", "close-socket", "disarm-timer", "dispose-trainer"],
      "Says goodbye and stops for good. A finished update stays stored for the next visit.",
    ),
  } satisfies Partial<Row>;
}

/** While a round is worked on, perhaps beside an older update. */
function withRound(own: SessionPhase, abort: Effects) {
  return {
    "round-closed": moves(
      [own, "waiting", "delivering"],
      [...abort, "forget-update"],
      "Its round has closed: ends the work on it. The round of a finished update: as while delivering.",
    ),
    "pause-requested": moves(
      ["paused", "delivering"],
      [...abort, "send"],
      "Ends the work on the round, and says that it is unavailable.",
    ),
    "resume-requested": ignored("It is not paused."),
  } satisfies Partial<Row>;
}

/** A finished update of an older round is delivered beside the work on a newer one. */
function besideUpdate(own: SessionPhase) {
  const asDelivering = "A finished update of an older round: as while delivering.";
  return {
    "update-kept": moves([own], ["send"], asDelivering),
    "upload-ready": moves([own], ["send-update", "send", "forget-update"], asDelivering),
    "update-acknowledged": moves([own], ["forget-update"], asDelivering),
    "update-refused": moves([own], ["send", "forget-update"], asDelivering),
  } satisfies Partial<Row>;
}

function withoutUpdate(own: SessionPhase) {
  return {
    "round-closed": moves([own], [], "Shown, if the round was abandoned."),
    ...same(
      ["update-kept", "upload-ready", "update-acknowledged", "update-refused"],
      ignored("There is no finished update."),
    ),
  } satisfies Partial<Row>;
}

function withoutRound(own: SessionPhase) {
  return { ...noTensorAwaited(own), ...calledOff(own) };
}

function noTensorAwaited(own: SessionPhase) {
  return {
    ...same(["snapshot-chunk", "tensor-broken"], ignored("No tensor is on its way.")),
    "tensor-verified": moves([own], [], "The tensor is kept for a later round."),
  } satisfies Partial<Row>;
}

/** Whatever the trainer says is about a training that was called off. */
function calledOff(own: SessionPhase) {
  return {
    "training-progressed": ignored("It comes from a training that was called off."),
    ...same(
      ["training-finished", "training-failed"],
      moves([own], [], "The training that was called off has ended: the trainer is free."),
    ),
  } satisfies Partial<Row>;
}
