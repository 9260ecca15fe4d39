/**
 * The session's connection to the server: at most one socket at a time, and the upload on it. It ends with its
 * socket.
 */
import { decodeServerMessage, encodeVolunteerMessage, type VolunteerMessage } from "@tributary/protocol";
import type { EffectOf, HeardMessage } from "../session/events.ts";
import type { FinishedUpdate } from "../training/finished-update.ts";
import type { SocketEvents, SocketLike, VolunteerDeps } from "../types.ts";
import type { Dispatch } from "./event-loop.ts";
import { reasonOf } from "./reason-of.ts";
import { startUpload } from "./upload.ts";

/** Owns the socket and the upload. */
export type Connection = {
  readonly url: string;
  readonly deps: Pick<VolunteerDeps, "openSocket" | "random" | "after">;
  readonly dispatch: Dispatch;
  open: OpenSocket | null;
};

type OpenSocket = { readonly id: number; readonly socket: SocketLike; endUpload: () => void };

/** Where no socket can be made for the address, the connection counts as closed at once. */
export function openSocket(connection: Connection, id: number): void {
  const { url, deps } = connection;
  try {
    const socket = deps.openSocket(url, socketEvents(connection, id));
    connection.open = { id, socket, endUpload: nothing };
  } catch (error) {
    reportClosed(connection, id, 1006, `${url}: ${reasonOf(error)}`);
  }
}

/** The other end may never answer the close, so the connection counts as closed from here on. */
export function closeSocket(connection: Connection, code: number, reason: string): void {
  const { open } = connection;
  if (open === null) return;
  forget(connection, open.id);
  open.socket.close(code, closeReason(reason));
  reportClosed(connection, open.id, 1006, reason);
}

/** Without an open socket nothing is sent. */
export function sendMessage({ open }: Connection, message: VolunteerMessage): void {
  open?.socket.send(encodeVolunteerMessage(message));
}

/** Sends the update's chunks from the effect's offset on. Replaces an upload that is under way. */
export function sendUpdate(
  { open, deps, dispatch }: Connection,
  { bytes }: FinishedUpdate,
  { offer, offset, chunkBytes }: EffectOf<"send-update">,
): void {
  if (open === null) return;
  open.endUpload();
  open.endUpload = startUpload({
    socket: open.socket,
    round: offer.round,
    bytes,
    offset,
    chunkBytes,
    after: deps.after,
    onSent: (sent, sentBytes) =>
      dispatch({ type: "update-progressed", hash: offer.tensor.hash, sent, chunkBytes: sentBytes }),
  });
}

/** Ends the upload that is under way, if there is one. */
export function endUpload({ open }: Connection): void {
  open?.endUpload();
}

function socketEvents(connection: Connection, id: number): SocketEvents {
  return {
    opened: () => connection.dispatch({ type: "socket-opened", connection: id }),
    received: (bytes) => reportFrame(connection, id, bytes),
    closed(code, reason) {
      forget(connection, id);
      reportClosed(connection, id, code, reason);
    },
  };
}

/** An older socket that closes late leaves the present one as it is. */
function forget(connection: Connection, id: number): void {
  if (connection.open?.id !== id) return;
  connection.open.endUpload();
  connection.open = null;
}

function reportClosed({ deps, dispatch }: Connection, id: number, code: number, reason: string): void {
  dispatch({ type: "socket-closed", connection: id, code, reason, jitter: deps.random() });
}

function reportFrame({ dispatch }: Connection, connection: number, frame: Uint8Array): void {
  const decoded = decodeServerMessage(frame);
  if (!decoded.ok) {
    dispatch({ type: "frame-unreadable", connection, detail: decoded.detail });
  } else if (decoded.message.type === "snapshot-chunk") {
    const { bytes, ...rest } = decoded.message;
    const message: HeardMessage = { ...rest, length: bytes.length };
    dispatch({ type: "message-received", connection, message }, bytes);
  } else {
    dispatch({ type: "message-received", connection, message: decoded.message });
  }
}

/** A WebSocket takes at most 123 bytes of reason. */
function closeReason(text: string): string {
  return text.replace(/[^ -~]/g, "?").slice(0, 100);
}

function nothing(): void {}
