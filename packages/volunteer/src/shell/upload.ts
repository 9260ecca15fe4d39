/** Sends a finished update in chunks, never more ahead of the network than a bounded backlog. */
import { chunkAt, encodeVolunteerMessage } from "@tributary/protocol";
import type { SocketLike, VolunteerDeps } from "../types.ts";

const BACKLOG_BYTES = 1 << 20;
const RECHECK_MS = 20;

export type Upload = {
  readonly socket: SocketLike;
  readonly round: number;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly chunkBytes: number;
  readonly after: VolunteerDeps["after"];
  /** After every chunk handed to the socket: bytes up to its end, and its own. */
  readonly onSent: (sent: number, chunkBytes: number) => void;
};

/** Starts sending; returns the way to end it early. A WebSocket does not tell when it drained, hence the timer. */
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
