/** For tests: every kind of state that a connection can get into, and every kind of event for it. */
import { PROTOCOL_VERSION, type VolunteerMessage } from "@tributary/protocol";
import { testPlan } from "@tributary/rounds/testing";
import type { ConnectionEvent } from "../src/events.ts";
import { defaultLimits } from "../src/limits.ts";
import type { ConnectionState } from "../src/state.ts";
import { begin, step } from "../src/step.ts";
import type { ConnectionEventType } from "../src/transitions.ts";

/** Small numbers, so that every limit is soon reached. */
export const walkLimits = {
  ...defaultLimits,
  maxFaults: 3,
  maxRefusals: 2,
  maxWaitingFrames: 4,
  missedHeartbeats: 1,
};

const MOST_WAITING = walkLimits.maxWaitingFrames + 1;
const hash = "a".repeat(64);
const plan = testPlan({ rounds: 3, cohort: { minimum: 1, size: 1, quorum: 1, deadlineMs: 1000 } });
const hello = {
  type: "hello",
  protocol: PROTOCOL_VERSION,
  run: "demo",
  client: { name: "raw", version: "1", device: "test" },
  backend: "cpu",
} as const;

/** One message of every type, and a hello of another version. */
const messages: readonly VolunteerMessage[] = [
  hello,
  { ...hello, protocol: 99 },
  { type: "available", examples: 10 },
  { type: "unavailable" },
  { type: "snapshot-requested", hash, offset: 0 },
  { type: "training-progressed", round: 1, batch: 1, batches: 2, loss: 0.5 },
  {
    type: "update-offered",
    round: 1,
    snapshot: hash,
    examples: 10,
    loss: 0.5,
    accuracy: 0.5,
    evaluation: null,
    trainingMs: 1,
    tensor: { dtype: "float32", elements: 1, bytes: 4, hash },
  },
  { type: "update-chunk", round: 1, offset: 0, bytes: new Uint8Array(4) },
  { type: "ping", nonce: 7 },
  { type: "pong", nonce: 7 },
  { type: "goodbye" },
];

const identified: ConnectionEvent = {
  type: "identified",
  volunteer: "v-1",
  resumeToken: "token",
  run: { name: "Demo", plan },
};

const events: readonly ConnectionEvent[] = [
  ...messages.map((message) => ({ type: "message-received", message }) as const),
  { type: "frame-received", frame: new Uint8Array(9) },
  { type: "frame-unreadable", reason: "bad-frame", detail: "0xc1" },
  { type: "frame-unreadable", reason: "bad-message", detail: "/examples: -3" },
  { type: "frame-handled" },
  { type: "frame-sent", bytes: 5 },
  { type: "sending-stalled" },
  ...([null, "waiting", "collecting", "paused", "finished", "stopped"] as const).map(
    (phase) => ({ type: "run-found", phase }) as const,
  ),
  identified,
  { type: "work-failed", detail: "the database is away" },
  { type: "refused" },
  { type: "replaced" },
  { type: "timer-fired" },
  { type: "server-full" },
  { type: "server-stopping" },
  { type: "socket-closed" },
];

/** Events that can happen to a connection where it stands: no frame is done that did not come. */
export function eventsFor(state: ConnectionState): readonly ConnectionEvent[] {
  const waiting = state.phase === "closed" ? 0 : state.waitingFrames;
  return events.filter(({ type }) => {
    if (type === "frame-received") return waiting < MOST_WAITING;
    return type !== "frame-handled" || waiting > 0 || state.phase === "closed";
  });
}

/** What happens to a connection of a good volunteer, to a server that has what it asks for. */
export function expectedEvent(state: ConnectionState, choice: number): ConnectionEvent {
  if (state.phase === "greeting") return { type: "message-received", message: hello };
  if (state.phase === "identifying")
    return choice % 3 === 0 ? identified : { type: "run-found", phase: "waiting" };
  if (state.phase === "joined" && state.waitingFrames > 0 && choice % 3 === 0)
    return { type: "frame-handled" };
  return { type: "frame-received", frame: new Uint8Array(9) };
}

/** The name under which the transition table has the event. */
export function eventTypeOf(event: ConnectionEvent): ConnectionEventType {
  return event.type === "message-received" ? event.message.type : event.type;
}

/** Every state that events lead to, from the start on. States that differ in their ping's nonce are one. */
export function reachableStates(): readonly ConnectionState[] {
  const found = new Map<string, ConnectionState>();
  const unexplored = [begin(walkLimits).state];
  for (let state = unexplored.pop(); state !== undefined; state = unexplored.pop()) {
    const kind = JSON.stringify({ ...state, nonce: 0 });
    if (found.has(kind)) continue;
    found.set(kind, state);
    for (const event of eventsFor(state)) unexplored.push(step(state, event, walkLimits).state);
  }
  return [...found.values()];
}
