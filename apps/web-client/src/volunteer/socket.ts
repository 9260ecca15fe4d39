/** The browser's WebSocket in the shape that the session asks for. */
import type { VolunteerDeps } from "@tributary/volunteer";

export const openWebSocket: VolunteerDeps["openSocket"] = (url, events) => {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) events.received(new Uint8Array(data));
  });
  // An `error` is always followed by a `close`, which is the one that counts.
  socket.addEventListener("close", ({ code, reason }) => events.closed(code, reason));

  return {
    send: (bytes) => socket.send(bytes as Uint8Array<ArrayBuffer>),
    // Only 1000 and 3000 to 4999 are a page's to send.
    close: (code, reason) => socket.close(code === 1000 || (code ?? 0) >= 3000 ? code : undefined, reason),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
};
