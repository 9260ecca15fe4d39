/** The browser's WebSocket, as the session needs it. */
import type { VolunteerDeps } from "@tributary/volunteer";

export const openWebSocket: VolunteerDeps["openSocket"] = (url, events) => {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) events.received(new Uint8Array(data));
  });
  // Every `error` is followed by a `close`, and only the `close` tells the code.
  socket.addEventListener("close", ({ code, reason }) => events.closed(code, reason));

  return {
    send: (bytes) => socket.send(bytes as Uint8Array<ArrayBuffer>),
    // A page may only send the codes 1000 and 3000 to 4999.
    close: (code, reason) => socket.close(code === 1000 || (code ?? 0) >= 3000 ? code : undefined, reason),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
};
