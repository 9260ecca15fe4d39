/** The server's side of one connection as a pure function: what happened, and what is to be done about it. */
import type { VolunteerMessage } from "@tributary/protocol";
import type { ConnectionEvent } from "./events.ts";
import { admit, greet, useRun, welcome } from "./greeting.ts";
import type { TransportLimits } from "./limits.ts";
import { complain, cutOff, end, move, release, type Step, send, stay } from "./moves.ts";
import type { ConnectionState, OpenState, StateOf } from "./state.ts";
import { countSent, handleFrame, receiveFrame } from "./traffic.ts";

export type { Step } from "./moves.ts";

/** A connection that has just been accepted. */
export function begin(limits: TransportLimits): Step {
  return move(
    { phase: "greeting", faults: 0, waitingFrames: 0, paused: false },
    { type: "arm-timer", ms: limits.helloMs },
  );
}

/** Advances a connection by one event. Events that do not fit where it stands change nothing; none throws. */
export function step(state: ConnectionState, event: ConnectionEvent, limits: TransportLimits): Step {
  if (state.phase === "closed") return afterTheEnd(state, event);
  switch (event.type) {
    case "frame-received":
      return receiveFrame(state, event.frame, limits);
    case "message-received":
      return receive(state, event.message, limits);
    case "frame-unreadable":
      return complain(state, event.reason, event.detail, limits);
    case "frame-handled":
      return handleFrame(state, limits);
    case "frame-sent":
      return countSent(state, event.bytes);
    case "sending-stalled":
      return cutOff(state, limits);
    case "run-found":
      return useRun(state, event, limits);
    case "identified":
      return welcome(state, event, limits);
    case "work-failed":
      return admit(state, event.detail, limits);
    case "refused":
      return countRefusal(state, limits);
    case "replaced":
      if (state.phase !== "joined") return stay(state);
      return end(state, "replaced", "this volunteer is connected elsewhere", limits);
    case "timer-fired":
      return fireTimer(state, limits);
    case "server-full":
      return end(state, "too-many-connections", "the server is full", limits);
    case "server-stopping":
      return end(state, "shutting-down", "the server restarts", limits);
    case "socket-closed":
      return move({ phase: "closed" }, ...release(state, false));
    default:
      return event satisfies never;
  }
}

function receive(state: OpenState, message: VolunteerMessage, limits: TransportLimits): Step {
  switch (message.type) {
    case "hello":
      return greet(state, message, limits);
    case "goodbye":
      return move({ phase: "closed" }, ...release(state, false), {
        type: "close-socket",
        code: 1000,
        reason: "",
      });
    case "ping":
      return move(state, send({ type: "pong", nonce: message.nonce }));
    case "pong":
      return stay(state);
    case "available":
    case "unavailable":
    case "snapshot-requested":
    case "training-progressed":
    case "update-offered":
    case "update-chunk": {
      if (state.phase === "joined") return move(state, { type: "hand-to-desk", message });
      return complain(state, "unexpected-message", `expected hello first, got ${message.type}`, limits);
    }
    default:
      return message satisfies never;
  }
}

/** One who keeps sending what is refused wastes everybody's time. */
function countRefusal(state: OpenState, limits: TransportLimits): Step {
  if (state.phase !== "joined") return stay(state);
  const refusals = state.refusals + 1;
  if (refusals < limits.maxRefusals) return move({ ...state, refusals });
  return end(state, "too-many-faults", `${refusals} updates or requests were refused`, limits);
}

/** Before the welcome the timer is the patience with the hello, after it the heartbeat. */
function fireTimer(state: OpenState, limits: TransportLimits): Step {
  if (state.phase === "joined") return beat(state, limits);
  return end(state, "heartbeat-missed", `no hello within ${limits.helloMs} ms`, limits);
}

function beat(state: StateOf<"joined">, limits: TransportLimits): Step {
  const { heartbeatMs, missedHeartbeats } = limits;
  const silentBeats = state.silentBeats + 1;
  if (silentBeats > missedHeartbeats) {
    const detail = `nothing heard for ${missedHeartbeats} heartbeats of ${heartbeatMs} ms`;
    return end(state, "heartbeat-missed", detail, limits);
  }
  const nonce = state.nonce + 1;
  return move({ ...state, silentBeats, nonce }, send({ type: "ping", nonce }), {
    type: "arm-timer",
    ms: heartbeatMs,
  });
}

/** The last word may find a volunteer that reads nothing. */
function afterTheEnd(state: StateOf<"closed">, event: ConnectionEvent): Step {
  return event.type === "sending-stalled" ? move(state, { type: "cut-off" }) : stay(state);
}
