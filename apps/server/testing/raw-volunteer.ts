/** For tests: a volunteer's socket in a test's hands, over a real WebSocket. It can also misbehave. */
import {
  decodeServerMessage,
  encodeVolunteerMessage,
  type ServerMessage,
  type VolunteerMessage,
} from "@tributary/protocol";
import { WebSocket } from "ws";
import { createInbox, type ServerMessageOf } from "./inbox.ts";

export { ConnectionClosed, type ServerMessageOf } from "./inbox.ts";

export type RawVolunteer = {
  readonly socket: WebSocket;
  readonly received: readonly ServerMessage[];
  /** Rejects after 30 s, with what was heard instead. */
  readonly closed: Promise<{ readonly code: number }>;
  send(message: VolunteerMessage): void;
  sendBytes(bytes: Uint8Array): void;
  /**
   * The first message of the type that fits and was not taken before. Rejects when the socket closes first, and after
   * `timeoutMs` (30 s; null: never), with what was heard instead.
   */
  next<Type extends ServerMessage["type"]>(
    type: Type,
    fits?: (message: ServerMessageOf<Type>) => boolean,
    timeoutMs?: number | null,
  ): Promise<ServerMessageOf<Type>>;
  /** Ends the connection without a word, as a lost network does. */
  drop(): void;
};

/** Answers pings by itself unless `silent`. */
export async function connectVolunteer(
  url: string,
  { silent = false }: { readonly silent?: boolean } = {},
): Promise<RawVolunteer> {
  const socket = new WebSocket(url);
  const inbox = createInbox();
  const send = (message: VolunteerMessage) => socket.send(encodeVolunteerMessage(message));
  socket.on("close", (code) => inbox.close(code));
  socket.on("message", (data: Buffer) => {
    const decoded = decodeServerMessage(data);
    if (!decoded.ok) throw new Error(`the server sent ${decoded.detail}`);
    const { message } = decoded;
    if (message.type === "ping" && !silent) send({ type: "pong", nonce: message.nonce });
    inbox.put(message);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => undefined);
  return {
    socket,
    received: inbox.received,
    get closed() {
      return inbox.closed();
    },
    send,
    sendBytes: (bytes) => socket.send(bytes),
    next: (type, fits = () => true, timeoutMs) => inbox.take(type, fits, timeoutMs),
    drop: () => socket.terminate(),
  };
}
