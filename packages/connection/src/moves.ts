/** The small moves from which every step of a connection is made. */
import {
  type ClosingFault,
  type FaultReason,
  type FaultRule,
  faultRules,
  type PassingFault,
  type ServerMessage,
} from "@tributary/protocol";
import type { ConnectionEffect } from "./events.ts";
import type { TransportLimits } from "./limits.ts";
import type { ConnectionState, OpenState } from "./state.ts";

/** The state after an event, and what the shell is to do, in this order. */
export type Step = { readonly state: ConnectionState; readonly effects: readonly ConnectionEffect[] };

/** After these the volunteer still has its place in the open round: it is there already, or comes back soon. */
const KEEPS_ITS_PLACE: readonly ClosingFault[] = ["replaced", "shutting-down"];

/** Changes nothing. */
export function stay(state: ConnectionState): Step {
  return { state, effects: [] };
}

/** Goes to `state`, and asks for effects. */
export function move(state: ConnectionState, ...effects: readonly ConnectionEffect[]): Step {
  return { state, effects };
}

/** Sends one message to the volunteer. */
export function send(message: ServerMessage): ConnectionEffect {
  return { type: "send", message };
}

/** Says what is wrong, and when trying again can help. */
export function tell(reason: FaultReason, detail: string, limits: TransportLimits): ConnectionEffect {
  const { retry }: FaultRule = faultRules[reason];
  const retryInMs = retry === "never" ? null : limits.retryInMs[retry];
  return send({ type: "fault", reason, detail: detail.slice(0, 500), retryInMs });
}

/** Answers a frame that makes no sense. The last one that is tolerated closes the connection. */
export function complain(
  state: OpenState,
  reason: Exclude<PassingFault, "internal">,
  detail: string,
  limits: TransportLimits,
): Step {
  const faults = state.faults + 1;
  const told = tell(reason, detail, limits);
  if (faults < limits.maxFaults) return move({ ...state, faults }, told);
  const ended = end(state, "too-many-faults", `${faults} frames of this connection made no sense`, limits);
  return move(ended.state, told, ...ended.effects);
}

/** Closes the connection with a reason. Nothing is said on it afterwards. */
export function end(state: OpenState, reason: ClosingFault, detail: string, limits: TransportLimits): Step {
  return move(
    { phase: "closed" },
    tell(reason, detail, limits),
    { type: "log-end", reason, detail, ...whoIsThere(state) },
    ...release(state, KEEPS_ITS_PLACE.includes(reason)),
    { type: "close-socket", code: faultRules[reason].closeCode, reason },
  );
}

/** Ends the connection of a volunteer that reads nothing: a closing handshake would wait behind everything else. */
export function cutOff(state: OpenState, limits: TransportLimits): Step {
  const detail = `more than ${limits.maxBufferedBytes} bytes wait to be read`;
  return move(
    { phase: "closed" },
    { type: "log-end", reason: "stalled", detail, ...whoIsThere(state) },
    ...release(state, false),
    { type: "cut-off" },
  );
}

/** Lets go of what an open connection holds. A socket that stayed paused would not hear the other side close. */
export function release(state: OpenState, keepsItsPlace: boolean): readonly ConnectionEffect[] {
  const resumed = state.paused ? [{ type: "resume-socket" } as const] : [];
  const closed = state.phase === "joined" ? [{ type: "close-desk" } as const] : [];
  const left = state.phase === "joined" && !keepsItsPlace ? [{ type: "leave-run" } as const] : [];
  return [{ type: "disarm-timer" }, ...resumed, ...closed, ...left];
}

/** Run and volunteer, as far as they are known. */
function whoIsThere(state: OpenState) {
  switch (state.phase) {
    case "greeting":
      return { run: null, volunteer: null };
    case "identifying":
      return { run: state.hello.run, volunteer: null };
    case "joined":
      return { run: state.run, volunteer: state.volunteer };
    default:
      return state satisfies never;
  }
}
