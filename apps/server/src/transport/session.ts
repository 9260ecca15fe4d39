/**
 * One connection, from its hello to its close. Frames are worked on one after the other; whatever they hold, the
 * worst that comes of them is a fault and the end of this connection.
 */

import type { Runtime } from "@tributary/platform";
import {
  CloseCode,
  decodeVolunteerMessage,
  type FaultReason,
  FRAME_OVERHEAD_BYTES,
  type Hello,
  PROTOCOL_VERSION,
  type VolunteerMessage,
} from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { Static } from "typebox";
import type { WebSocket } from "ws";
import type { Coordinator, Presence } from "../coordinator/coordinator.ts";
import type { Runs } from "../coordinator/runs.ts";
import { identify } from "./identity.ts";
import type { TransportLimits } from "./limits.ts";
import { createOutbox } from "./outbox.ts";
import type { SnapshotCache } from "./snapshot-cache.ts";
import type { Uploads } from "./uploads.ts";
import { type Desk, openDesk } from "./volunteer-desk.ts";

export type SessionDeps = {
  readonly storage: Storage;
  readonly runs: Runs;
  readonly limits: TransportLimits;
  readonly uploads: Uploads;
  readonly snapshots: SnapshotCache;
  readonly rounds: Runtime;
  readonly randomBytes: (count: number) => Uint8Array;
};

export type Session = {
  /** Says that the server goes away; the volunteer keeps its place in the round. */
  shutDown(): void;
  /** Says that there is no room. */
  turnAway(): void;
};

type Phase =
  | { readonly phase: "greeting" }
  | { readonly phase: "joined"; readonly desk: Desk; readonly presence: Presence }
  | { readonly phase: "closed" };

export function openSession(socket: WebSocket, deps: SessionDeps): Session {
  const { limits, rounds } = deps;
  const maxFrameBytes = limits.chunkBytes + FRAME_OVERHEAD_BYTES;
  let phase: Phase = { phase: "greeting" };
  let faults = 0;
  let refusals = 0;
  let waitingFrames = 0;
  let tail = Promise.resolve();
  let silentBeats = 0;
  let nonce = 0;
  let cancelTimer = rounds.after(limits.helloMs, () =>
    end(
      "heartbeat-missed",
      `no hello within ${limits.helloMs} ms`,
      CloseCode.heartbeatMissed,
      limits.retryInMs,
    ),
  );

  const outbox = createOutbox(socket, {
    maxBufferedBytes: limits.maxBufferedBytes,
    onSent: (bytes) => phase.phase === "joined" && phase.presence.countTraffic(0, bytes),
    onStalled: () => socket.terminate(),
  });

  const tell = (reason: Static<typeof FaultReason>, detail: string, retryInMs: number | null) =>
    outbox.send({ type: "fault", reason, detail: detail.slice(0, 500), retryInMs });

  /** The last that is said on this connection. */
  const end = (
    reason: Static<typeof FaultReason>,
    detail: string,
    code: CloseCode,
    retryInMs: number | null,
    keepPlace = false,
  ) => {
    if (phase.phase === "closed") return;
    tell(reason, detail, retryInMs);
    leave(keepPlace);
    socket.close(code, reason);
  };

  const leave = (keepPlace: boolean) => {
    const before = phase;
    phase = { phase: "closed" };
    cancelTimer();
    if (before.phase !== "joined") return;
    before.desk.close();
    if (!keepPlace) before.presence.left();
  };

  const fault = (reason: Static<typeof FaultReason>, detail: string) => {
    tell(reason, detail, null);
    faults += 1;
    if (faults >= limits.maxFaults) tooMany(`${faults} frames of this connection made no sense`);
  };

  const tooMany = (detail: string) => end("too-many-faults", detail, CloseCode.badFrames, null);

  const beat = () => {
    silentBeats += 1;
    if (silentBeats > limits.missedHeartbeats) {
      const detail = `nothing heard for ${limits.missedHeartbeats} heartbeats of ${limits.heartbeatMs} ms`;
      return end("heartbeat-missed", detail, CloseCode.heartbeatMissed, limits.retryInMs);
    }
    nonce += 1;
    outbox.send({ type: "ping", nonce });
    cancelTimer = rounds.after(limits.heartbeatMs, beat);
  };

  const greet = async (hello: Hello) => {
    if (hello.protocol !== PROTOCOL_VERSION) {
      const detail = `this server speaks protocol ${PROTOCOL_VERSION}, got ${hello.protocol}: reload the page`;
      return end("unsupported-protocol", detail, CloseCode.unsupportedProtocol, null);
    }
    const coordinator = await deps.runs.open(hello.run);
    if (coordinator === null) {
      return end("unknown-run", `there is no run ${hello.run}`, CloseCode.unknownRun, null);
    }
    const { phase: runPhase } = coordinator.state();
    if (runPhase === "finished" || runPhase === "stopped") {
      return end("run-over", `run ${hello.run} is ${runPhase}`, CloseCode.runOver, null);
    }
    const identity = await identify(deps.storage, hello, deps.randomBytes);
    // The socket may have closed while the database was asked.
    if (phase.phase === "closed") return;
    join(coordinator, identity);
  };

  const join = (coordinator: Coordinator, identity: { volunteer: string; resumeToken: string }) => {
    const { volunteer, resumeToken } = identity;
    const { plan, name } = coordinator.run;
    outbox.send({
      type: "welcome",
      volunteer,
      resumeToken,
      runName: name,
      plan,
      heartbeatMs: limits.heartbeatMs,
      chunkBytes: limits.chunkBytes,
    });
    const presence = coordinator.join(volunteer, {
      deliver: (message) => outbox.send(message),
      replaced: () =>
        end("replaced", "this volunteer is connected elsewhere", CloseCode.replaced, null, true),
    });
    const desk = openDesk({
      volunteer,
      coordinator,
      presence,
      storage: deps.storage,
      uploads: deps.uploads,
      snapshots: deps.snapshots,
      limits,
      outbox,
      onRefusal: () => {
        refusals += 1;
        if (refusals >= limits.maxRefusals) tooMany(`${refusals} updates or requests were refused`);
      },
      onFailure: (detail) => tell("internal", detail, limits.retryInMs),
    });
    phase = { phase: "joined", desk, presence };
    cancelTimer();
    cancelTimer = rounds.after(limits.heartbeatMs, beat);
  };

  const handle = async (message: VolunteerMessage): Promise<void> => {
    if (phase.phase === "closed") return;
    switch (message.type) {
      case "ping":
        outbox.send({ type: "pong", nonce: message.nonce });
        return;
      case "pong":
        return;
      case "goodbye":
        leave(false);
        socket.close(1000);
        return;
      case "hello":
        if (phase.phase === "greeting") return greet(message);
        return fault("unexpected-message", "hello was said already");
      default:
        if (phase.phase === "joined") return phase.desk.handle(message);
        return fault("unexpected-message", `expected hello first, got ${message.type}`);
    }
  };

  const receive = async (frame: Uint8Array) => {
    if (phase.phase === "closed") return;
    const decoded = decodeVolunteerMessage(frame, { maxFrameBytes });
    if (!decoded.ok) return fault(decoded.reason, decoded.detail);
    await handle(decoded.message);
  };

  const enqueue = (frame: Uint8Array) => {
    silentBeats = 0;
    if (phase.phase === "joined") phase.presence.countTraffic(frame.byteLength, 0);
    waitingFrames += 1;
    if (waitingFrames === limits.maxWaitingFrames) socket.pause();
    tail = tail
      .then(() => receive(frame))
      .catch((error: unknown) => {
        rounds.log.error({ error: String(error) }, "a message could not be handled");
        tell("internal", "the message could not be handled", limits.retryInMs);
      })
      .then(() => {
        waitingFrames -= 1;
        if (socket.isPaused && waitingFrames < limits.maxWaitingFrames / 2) socket.resume();
      });
  };

  socket.on("message", (data, isBinary) => {
    if (!isBinary) return fault("bad-frame", "expected a binary frame, got text");
    enqueue(asBytes(data));
  });
  socket.on("close", () => leave(false));
  // The close that follows tells the rest.
  socket.on("error", (error) => rounds.log.info({ error: String(error) }, "volunteer socket"));

  return {
    shutDown: () =>
      end("shutting-down", "the server restarts", CloseCode.shuttingDown, limits.retryInMs, true),
    turnAway: () =>
      end("too-many-connections", "the server is full", CloseCode.tooManyConnections, 5 * limits.retryInMs),
  };
}

function asBytes(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
