/** A volunteer's socket, from the `ws` package. */
import type { SocketEvents, SocketLike } from "@tributary/volunteer";
import { WebSocket } from "ws";

/** Opens a socket. Where that fails, `closed` has the reason. */
export function openWsSocket(url: string, events: SocketEvents): SocketLike {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  let failure = "";
  socket.binaryType = "arraybuffer";
  socket.on("open", () => events.opened());
  socket.on("message", (frame: ArrayBuffer, isBinary) => {
    if (isBinary) events.received(new Uint8Array(frame));
  });
  // A close always follows, and reports the reason.
  socket.on("error", (error) => {
    failure = error.message || ("code" in error ? String(error.code) : error.name);
  });
  socket.on("close", (code, reason) => events.closed(code, reason.toString() || failure));
  return {
    send(bytes) {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    close: (code, reason) => socket.close(code, reason),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
}
