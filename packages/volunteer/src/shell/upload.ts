/** Sends a finished update in chunks, with at most a bounded backlog in the socket. */
import { chunkAt, encodeVolunteerMessage } from "@tributary/protocol";
import type { SocketLike, VolunteerDeps } from "../types.ts";

const BACKLOG_BYTES = 1 << 20;
const RECHECK_MS = 20;

/** What to send, over which socket, from which byte on. */
export type Upload = {
  readonly socket: SocketLike;
  readonly round: number;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly chunkBytes: number;
  readonly after: VolunteerDeps["after"];
  /** Called after every chunk that the socket took: bytes up to the chunk's end, and the chunk's own. */
  readonly onSent: (sent: number, chunkBytes: number) => void;
};

/**
 * Starts sending, and returns a function that ends it early. A timer waits, since a WebSocket has no event for having
 * drained.
 */
export function startUpload(upload: Upload): () => void {
  const { socket, round, bytes, chunkBytes, after, onSent } = upload;
  let at = upload.offset;
  let cancelTimer = (): void => undefined;
  let ended = false;

  const pump = (): void => {
    while (!ended) {
      const chunk = chunkAt(bytes, at, chunkBytes);
      if (chunk === null) return;
      if (socket.bufferedAmount > BACKLOG_BYTES) {
        cancelTimer = after(RECHECK_MS, pump);
        return;
      }
      socket.send(encodeVolunteerMessage({ type: "update-chunk", round, ...chunk }));
      at += chunk.bytes.length;
      onSent(at, chunk.bytes.length);
    }
  };

  pump();
  return () => {
    ended = true;
    cancelTimer();
  };
}
