/**
 * The shell of one connection: it performs what the connection's machine asks for, and feeds what comes of it back as
 * events. Whatever a frame holds, the worst that comes of it is a fault and the end of this connection.
 */

import type { TransportLimits } from "@tributary/connection";
import {
  begin,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  type EffectOf,
  step,
} from "@tributary/connection";
import { type Runtime, reasonOf } from "@tributary/platform";
import {
  decodeVolunteerMessage,
  FRAME_OVERHEAD_BYTES,
  type Hello,
  type VolunteerId,
} from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { RawData, WebSocket } from "ws";
import type { Coordinator, Presence } from "../coordinator/coordinator.ts";
import type { Runs } from "../coordinator/runs.ts";
import { answer, closeDesk, type Desk, openDesk } from "./desk/desk.ts";
import { identify } from "./identify.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import type { SnapshotCache } from "./snapshot-cache.ts";
import type { Uploads } from "./uploads.ts";
import { waitingReason } from "./waiting-reason.ts";

/** What all connections of a server share. `randomBytes` must be cryptographically secure. */
export type ConnectionDeps = {
  readonly storage: Storage;
  readonly runs: Runs;
  readonly limits: TransportLimits;
  readonly uploads: Uploads;
  readonly snapshots: SnapshotCache;
  readonly runtime: Runtime;
  readonly randomBytes: (count: number) => Uint8Array;
};

/** What the server can tell an open connection. */
export type Connection = {
  /** Says that the server goes away; the volunteer keeps its place in the round. */
  shutDown(): void;
  /** Says that there is no room. */
  turnAway(): void;
};

/** One open socket, where its machine stands, and what was opened for it. */
type Line = {
  readonly socket: WebSocket;
  readonly deps: ConnectionDeps;
  readonly outbox: Outbox;
  state: ConnectionState;
  /** Events that wait until the effects of the one before are performed. */
  readonly upcoming: ConnectionEvent[];
  isPerforming: boolean;
  /** The work on the frames that have come. They are worked on one after the other. */
  reading: Promise<void>;
  disarmTimer: () => void;
  coordinator: Coordinator | null;
  place: { readonly presence: Presence; readonly desk: Desk } | null;
};

/** Serves a socket from its opening to its close. */
export function openConnection(socket: WebSocket, deps: ConnectionDeps): Connection {
  const outbox = createOutbox(socket, {
    maxBufferedBytes: deps.limits.maxBufferedBytes,
    onSent: (bytes) => happen(line, { type: "frame-sent", bytes }),
    onStalled: () => happen(line, { type: "sending-stalled" }),
  });
  const { state, effects } = begin(deps.limits);
  const line: Line = {
    socket,
    deps,
    outbox,
    state,
    upcoming: [],
    isPerforming: false,
    reading: Promise.resolve(),
    disarmTimer: () => undefined,
    coordinator: null,
    place: null,
  };
  for (const effect of effects) void perform(line, effect);

  socket.on("message", (data, isBinary) => happen(line, frameEvent(data, isBinary)));
  socket.on("close", () => happen(line, { type: "socket-closed" }));
  // The close that follows tells the rest.
  socket.on("error", (error) => deps.runtime.log.info({ error: reasonOf(error) }, "volunteer socket"));
  return {
    shutDown: () => happen(line, { type: "server-stopping" }),
    turnAway: () => happen(line, { type: "server-full" }),
  };
}

function frameEvent(data: RawData, isBinary: boolean): ConnectionEvent {
  if (isBinary) return { type: "frame-received", frame: asBytes(data) };
  return { type: "frame-unreadable", reason: "bad-frame", detail: "expected a binary frame, got text" };
}

function asBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/** Advances the connection by an event whose work nobody waits for. */
function happen(line: Line, event: ConnectionEvent): void {
  advance(line, event).catch((error: unknown) =>
    line.deps.runtime.log.error({ err: error, event: event.type }, "a connection could not go on"),
  );
}

/**
 * Advances the connection by one event and performs what it asks for. Events that performing brings about follow in
 * their order. Resolves once the work that was begun has ended.
 */
async function advance(line: Line, event: ConnectionEvent): Promise<void> {
  line.upcoming.push(event);
  if (line.isPerforming) return;
  line.isPerforming = true;
  const work: (void | Promise<void>)[] = [];
  try {
    for (let next = line.upcoming.shift(); next !== undefined; next = line.upcoming.shift()) {
      const { state, effects } = step(line.state, next, line.deps.limits);
      line.state = state;
      for (const effect of effects) work.push(perform(line, effect));
    }
  } finally {
    line.isPerforming = false;
  }
  await Promise.all(work);
}

function perform(line: Line, effect: ConnectionEffect): void | Promise<void> {
  const { socket, place } = line;
  switch (effect.type) {
    case "send":
      return line.outbox.send(effect.message);
    case "read-frame":
      return readInTurn(line, effect.frame);
    case "find-run":
      return findRun(line, effect.run);
    case "identify":
      return identifyVolunteer(line, effect.hello);
    case "join":
      return join(line, effect.volunteer);
    case "hand-to-desk":
      return place === null ? undefined : answer(place.desk, effect.message);
    case "close-desk":
      return place === null ? undefined : closeDesk(place.desk);
    case "leave-run":
      return place?.presence.left();
    case "count-traffic":
      return place?.presence.countTraffic(effect.bytesUp, effect.bytesDown);
    case "arm-timer":
      return armTimer(line, effect.ms);
    case "disarm-timer":
      return line.disarmTimer();
    case "pause-socket":
      return socket.pause();
    case "resume-socket":
      return socket.resume();
    case "close-socket":
      return socket.close(effect.code, effect.reason);
    case "cut-off":
      return socket.terminate();
    case "log-end":
      return logEnd(line, effect);
    default:
      return effect satisfies never;
  }
}

function readInTurn(line: Line, frame: Uint8Array): void {
  line.reading = line.reading.then(() => readFrame(line, frame));
}

async function readFrame(line: Line, frame: Uint8Array): Promise<void> {
  const maxFrameBytes = line.deps.limits.chunkBytes + FRAME_OVERHEAD_BYTES;
  try {
    const decoded = decodeVolunteerMessage(frame, { maxFrameBytes });
    const event: ConnectionEvent = decoded.ok
      ? { type: "message-received", message: decoded.message }
      : { type: "frame-unreadable", reason: decoded.reason, detail: decoded.detail };
    await advance(line, event);
  } catch (error) {
    line.deps.runtime.log.error(
      { err: error, run: line.coordinator?.run.id },
      "a message could not be handled",
    );
    happen(line, { type: "work-failed", detail: "the message could not be handled" });
  }
  happen(line, { type: "frame-handled" });
}

async function findRun(line: Line, run: string): Promise<void> {
  line.coordinator = await line.deps.runs.open(run);
  const detail = line.coordinator === null ? await waitingReason(line.deps.storage, run) : null;
  if (detail !== null) return advance(line, { type: "work-failed", detail });
  await advance(line, { type: "run-found", phase: line.coordinator?.state().phase ?? null });
}

async function identifyVolunteer(line: Line, hello: Hello): Promise<void> {
  const { name, plan } = foundRun(line).run;
  const identity = await identify(line.deps.storage, hello, line.deps.randomBytes);
  await advance(line, { type: "identified", ...identity, run: { name, plan } });
}

function join(line: Line, volunteer: VolunteerId): void {
  const { storage, uploads, snapshots, limits, runtime } = line.deps;
  const coordinator = foundRun(line);
  const presence = coordinator.join(volunteer, {
    deliver: (message) => line.outbox.send(message),
    replaced: () => happen(line, { type: "replaced" }),
  });
  const desk = openDesk({
    volunteer,
    coordinator,
    presence,
    storage,
    uploads,
    snapshots,
    chunkBytes: limits.chunkBytes,
    outbox: line.outbox,
    log: runtime.log,
    onRefusal: () => happen(line, { type: "refused" }),
    onFailure: (detail) => happen(line, { type: "work-failed", detail }),
  });
  line.place = { presence, desk };
}

/** The machine asks for nothing in a run before one was found. */
function foundRun({ coordinator }: Line): Coordinator {
  if (coordinator === null) throw new Error("expected a run to be found before it is joined");
  return coordinator;
}

function armTimer(line: Line, ms: number): void {
  line.disarmTimer();
  line.disarmTimer = line.deps.runtime.after(ms, () => happen(line, { type: "timer-fired" }));
}

function logEnd({ deps }: Line, { type: _, ...why }: EffectOf<"log-end">): void {
  deps.runtime.log.info(why, "a connection ends");
}
