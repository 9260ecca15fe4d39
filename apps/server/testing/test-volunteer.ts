/** For tests: a volunteer by hand, over a real WebSocket, that can also misbehave. */
import {
  chunksFrom,
  decodeServerMessage,
  encodeTensor,
  encodeVolunteerMessage,
  type Hash,
  PROTOCOL_VERSION,
  type RoundOpened,
  type ServerMessage,
  type UpdateDtype,
  type UpdateOffered,
  type VolunteerMessage,
} from "@tributary/protocol";
import { WebSocket } from "ws";

export type ServerMessageOf<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;

export type RawVolunteer = {
  readonly socket: WebSocket;
  readonly received: readonly ServerMessage[];
  readonly closed: Promise<{ readonly code: number }>;
  send(message: VolunteerMessage): void;
  sendBytes(bytes: Uint8Array): void;
  /** The first message of the type that fits and was not taken before. Rejects when the socket closes first. */
  next<Type extends ServerMessage["type"]>(
    type: Type,
    fits?: (message: ServerMessageOf<Type>) => boolean,
  ): Promise<ServerMessageOf<Type>>;
  /** Ends the connection without a word, as a lost network does. */
  drop(): void;
};

export class ConnectionClosed extends Error {
  readonly code: number;

  constructor(code: number, heard: string) {
    super(`closed with ${code}, after ${heard}`);
    this.code = code;
  }
}

type Waiting = {
  readonly fits: (message: ServerMessage) => boolean;
  readonly resolve: (message: ServerMessage) => void;
  readonly reject: (error: Error) => void;
};

/** Answers pings by itself unless `silent`. */
export async function connectVolunteer(
  url: string,
  { silent = false }: { readonly silent?: boolean } = {},
): Promise<RawVolunteer> {
  const socket = new WebSocket(url);
  const received: ServerMessage[] = [];
  const untaken: ServerMessage[] = [];
  const waiting = new Set<Waiting>();
  const closed = new Promise<{ code: number }>((resolve) => {
    socket.on("close", (code) => {
      for (const { reject } of waiting) reject(new ConnectionClosed(code, describe(received)));
      resolve({ code });
    });
  });
  const send = (message: VolunteerMessage) => socket.send(encodeVolunteerMessage(message));

  socket.on("message", (data: Buffer) => {
    const decoded = decodeServerMessage(data);
    if (!decoded.ok) throw new Error(`the server sent ${decoded.detail}`);
    const { message } = decoded;
    received.push(message);
    if (message.type === "ping" && !silent) send({ type: "pong", nonce: message.nonce });
    const taker = [...waiting].find(({ fits }) => fits(message));
    if (taker === undefined) return void untaken.push(message);
    waiting.delete(taker);
    taker.resolve(message);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => undefined);

  return {
    socket,
    received,
    closed,
    send,
    sendBytes: (bytes) => socket.send(bytes),
    next<Type extends ServerMessage["type"]>(
      type: Type,
      fits: (message: ServerMessageOf<Type>) => boolean = () => true,
    ) {
      const matches = (message: ServerMessage): boolean =>
        message.type === type && fits(message as ServerMessageOf<Type>);
      const at = untaken.findIndex(matches);
      if (at >= 0) return Promise.resolve(untaken.splice(at, 1)[0] as ServerMessageOf<Type>);
      return new Promise<ServerMessageOf<Type>>((resolve, reject) => {
        waiting.add({
          fits: matches,
          reject,
          resolve: (message) => resolve(message as ServerMessageOf<Type>),
        });
      });
    },
    drop: () => socket.terminate(),
  };
}

/** Says hello and waits for the welcome; with `examples`, becomes available too. */
export async function join(
  volunteer: RawVolunteer,
  run: string,
  { resumeToken, examples = 10 }: { readonly resumeToken?: string; readonly examples?: number | null } = {},
): Promise<ServerMessageOf<"welcome">> {
  volunteer.send(helloTo(run, resumeToken));
  const welcome = await volunteer.next("welcome");
  if (examples !== null) volunteer.send({ type: "available", examples });
  return welcome;
}

export function helloTo(run: string, resumeToken?: string): Extract<VolunteerMessage, { type: "hello" }> {
  return {
    type: "hello",
    protocol: PROTOCOL_VERSION,
    run,
    client: { name: "raw", version: "1", device: "test" },
    backend: "cpu",
    ...(resumeToken === undefined ? {} : { resumeToken }),
  };
}

/** An offer for a delta, and the delta's bytes. */
export function offerOf(
  opened: Pick<RoundOpened, "round"> & { readonly snapshot: { readonly hash: Hash } },
  delta: Float32Array,
  { examples = 10, dtype = "float32" }: { readonly examples?: number; readonly dtype?: UpdateDtype } = {},
): { readonly offer: UpdateOffered; readonly bytes: Uint8Array } {
  const { manifest, bytes } = encodeTensor(delta, dtype);
  const offer: UpdateOffered = {
    type: "update-offered",
    round: opened.round,
    snapshot: opened.snapshot.hash,
    examples,
    loss: 0.5,
    accuracy: 0.5,
    trainingMs: 1,
    tensor: manifest,
  };
  return { offer, bytes };
}

/** Offers a delta, sends its bytes and waits for the acknowledgement. */
export async function report(
  volunteer: RawVolunteer,
  opened: RoundOpened,
  delta: Float32Array,
  options: { readonly examples?: number; readonly dtype?: UpdateDtype } = {},
): Promise<ServerMessageOf<"update-acknowledged">> {
  const { offer, bytes } = offerOf(opened, delta, options);
  volunteer.send(offer);
  const { offset } = await volunteer.next("upload-ready", ({ round }) => round === opened.round);
  sendChunks(volunteer, opened.round, bytes, offset);
  return volunteer.next("update-acknowledged", ({ hash }) => hash === offer.tensor.hash);
}

export function sendChunks(volunteer: RawVolunteer, round: number, bytes: Uint8Array, offset: number): void {
  for (const chunk of chunksFrom(bytes, offset, 1024))
    volunteer.send({ type: "update-chunk", round, ...chunk });
}

/** Downloads a snapshot from `offset` on. */
export async function download(
  volunteer: RawVolunteer,
  snapshot: RoundOpened["snapshot"],
  offset = 0,
): Promise<Uint8Array> {
  volunteer.send({ type: "snapshot-requested", hash: snapshot.hash, offset });
  const bytes = new Uint8Array(snapshot.bytes - offset);
  for (let at = offset; at < snapshot.bytes; ) {
    const chunk = await volunteer.next("snapshot-chunk", (c) => c.hash === snapshot.hash && c.offset === at);
    bytes.set(chunk.bytes, at - offset);
    at += chunk.bytes.length;
  }
  return bytes;
}

function describe(received: readonly ServerMessage[]): string {
  return received.map((m) => (m.type === "fault" ? `fault: ${m.reason} (${m.detail})` : m.type)).join(", ");
}
