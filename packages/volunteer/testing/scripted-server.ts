/** A server in memory that speaks the real codec to volunteers, and does what a test tells it. */
import {
  type Assembly,
  acceptChunk,
  beginAssembly,
  chunksFrom,
  decodeVolunteerMessage,
  encodeServerMessage,
  encodeTensor,
  type Hash,
  type ServerMessage,
  type UpdateOffered,
  type VolunteerMessage,
} from "@tributary/protocol";
import type { SocketEvents, SocketLike } from "../src/types.ts";
import { testPlan } from "./plan.ts";

const CHUNK_BYTES = 1024;

function soon(act: () => void): void {
  void Promise.resolve().then(act);
}

export type ScriptedServer = {
  readonly openSocket: (url: string, events: SocketEvents) => SocketLike;
  /** Everything heard, over all connections. */
  readonly heard: VolunteerMessage[];
  readonly committed: { readonly offer: UpdateOffered; readonly bytes: Uint8Array }[];
  /** The snapshot that the first round starts from: [parameters]. */
  readonly snapshot: Float32Array;
  /** Opens the round for every volunteer that is available or becomes it. */
  openRound(round: number): void;
  send(message: ServerMessage): void;
  sendBytes(bytes: Uint8Array): void;
  drop(code?: number): void;
  /** Cuts the connection once, after this many chunks in that direction. */
  cutAfter(direction: "down" | "up", chunks: number): void;
  /** Bytes that the volunteer's socket says are not sent yet. */
  bufferedBytes: number;
};

/** Every round starts from a snapshot of its own. */
export function createScriptedServer(parameters: number, plan = testPlan): ScriptedServer {
  const snapshotOf = (round: number) =>
    Float32Array.from({ length: parameters }, (_, at) => Math.sin(at + round - 1) / 4);
  const heard: VolunteerMessage[] = [];
  const committed: { offer: UpdateOffered; bytes: Uint8Array }[] = [];
  const cuts = { down: Number.POSITIVE_INFINITY, up: Number.POSITIVE_INFINITY };
  let connection: SocketEvents | null = null;
  let available = false;
  let round = 0;
  let upload: { readonly offer: UpdateOffered; readonly assembly: Assembly } | null = null;

  const sendBytes = (bytes: Uint8Array): void => {
    const to = connection;
    soon(() => {
      if (to === connection) to?.received(bytes);
    });
  };
  const send = (message: ServerMessage): void => sendBytes(encodeServerMessage(message));
  const drop = (code = 1006): void => {
    const to = connection;
    connection = null;
    available = false;
    to?.closed(code, "");
  };
  /** Whether this chunk cuts the connection. */
  const isCut = (direction: "down" | "up"): boolean => {
    cuts[direction] -= 1;
    if (cuts[direction] > 0) return false;
    cuts[direction] = Number.POSITIVE_INFINITY;
    return true;
  };
  const invite = (): void => {
    if (available && round > 0 && !committed.some(({ offer }) => offer.round === round)) {
      const { manifest } = encodeTensor(snapshotOf(round), "float32");
      send({ type: "round-opened", round, snapshot: manifest, control: null, deadlineInMs: 60_000 });
    }
  };
  const sendSnapshot = (hash: Hash, offset: number): void => {
    for (const chunk of chunksFrom(encodeTensor(snapshotOf(round), "float32").bytes, offset, CHUNK_BYTES)) {
      send({ type: "snapshot-chunk", hash, ...chunk });
      if (!isCut("down")) continue;
      soon(() => drop());
      return;
    }
  };
  const takeOffer = (offer: UpdateOffered): void => {
    const { hash } = offer.tensor;
    if (committed.some((update) => update.offer.tensor.hash === hash)) {
      send({ type: "update-acknowledged", round: offer.round, hash });
      return;
    }
    const known = upload?.offer.tensor.hash === hash ? upload : null;
    upload = known ?? { offer, assembly: beginAssembly(offer.tensor) };
    send({ type: "upload-ready", round: offer.round, offset: upload.assembly.received });
  };
  const takeChunk = (chunk: { offset: number; bytes: Uint8Array }): void => {
    if (upload === null) return;
    const outcome = acceptChunk(upload.assembly, chunk);
    if (isCut("up")) drop();
    else if (outcome.outcome === "complete") commit(outcome.bytes);
  };
  const commit = (bytes: Uint8Array): void => {
    if (upload === null) return;
    const { offer } = upload;
    upload = null;
    committed.push({ offer, bytes });
    send({ type: "update-acknowledged", round: offer.round, hash: offer.tensor.hash });
  };

  const greet = (): void =>
    send({
      type: "welcome",
      volunteer: "volunteer-1",
      resumeToken: "token-1",
      runName: "Test",
      plan,
      heartbeatMs: 60_000,
      chunkBytes: CHUNK_BYTES,
    });

  const hear = (message: VolunteerMessage): void => {
    heard.push(message);
    if (message.type === "hello") greet();
    if (message.type === "available" || message.type === "unavailable") {
      available = message.type === "available";
      invite();
    }
    if (message.type === "snapshot-requested") sendSnapshot(message.hash, message.offset);
    if (message.type === "update-offered") takeOffer(message);
    if (message.type === "update-chunk") takeChunk(message);
  };

  const snapshot = snapshotOf(1);
  const server: ScriptedServer = {
    openSocket(_url, events) {
      soon(() => {
        connection = events;
        events.opened();
      });
      return {
        get bufferedAmount() {
          return server.bufferedBytes;
        },
        send(bytes) {
          const decoded = decodeVolunteerMessage(bytes, { maxFrameBytes: 1 << 20 });
          if (!decoded.ok) throw new Error(decoded.detail);
          soon(() => {
            if (connection === events) hear(decoded.message);
          });
        },
        close() {
          if (connection === events) connection = null;
        },
      };
    },
    heard,
    committed,
    snapshot,
    openRound(next) {
      round = next;
      invite();
    },
    send,
    sendBytes,
    drop,
    cutAfter(direction, chunks) {
      cuts[direction] = chunks;
    },
    bufferedBytes: 0,
  };
  return server;
}
