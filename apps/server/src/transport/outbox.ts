import { encodeServerMessage, type ServerMessage } from "@tributary/protocol";
import type { WebSocket } from "ws";

/** What goes out on one connection. Never throws: a socket that is gone takes everything and sends nothing. */
export type Outbox = {
  send(message: ServerMessage): void;
  /** Resolves when the frame has left this process: false where the socket is gone. */
  sendAndDrain(message: ServerMessage): Promise<boolean>;
};

export function createOutbox(
  socket: WebSocket,
  options: {
    readonly maxBufferedBytes: number;
    readonly onSent: (bytes: number) => void;
    /** The volunteer takes nothing: more than the limit waits for it. */
    readonly onStalled: () => void;
  },
): Outbox {
  const transmit = (message: ServerMessage, done: (error?: Error | null) => void) => {
    if (socket.readyState !== socket.OPEN) return done(new Error("the socket is closed"));
    if (socket.bufferedAmount > options.maxBufferedBytes) {
      options.onStalled();
      return done(new Error("the volunteer takes nothing"));
    }
    const bytes = encodeServerMessage(message);
    options.onSent(bytes.byteLength);
    socket.send(bytes, { binary: true }, done);
  };
  return {
    send: (message) => transmit(message, () => undefined),
    sendAndDrain: (message) => new Promise((resolve) => transmit(message, (error) => resolve(!error))),
  };
}
