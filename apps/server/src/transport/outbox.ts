import { encodeServerMessage, type ServerMessage } from "@tributary/protocol";
import type { WebSocket } from "ws";

/** The messages to one volunteer. Sending never throws: on a socket that is closed it does nothing. */
export type Outbox = {
  send(message: ServerMessage): void;
  /** Resolves to true once the frame has left this process, to false where it cannot be sent. */
  sendAndDrain(message: ServerMessage): Promise<boolean>;
};

/** `onSent` is called with the length of every frame that is handed to the socket. */
export function createOutbox(
  socket: WebSocket,
  options: {
    readonly maxBufferedBytes: number;
    readonly onSent: (bytes: number) => void;
    /** Called instead of sending while more than `maxBufferedBytes` wait: the volunteer does not read. */
    readonly onStalled: () => void;
  },
): Outbox {
  const transmit = (message: ServerMessage, done: (error?: Error | null) => void) => {
    if (socket.readyState !== socket.OPEN) return done(new Error("the socket is closed"));
    if (socket.bufferedAmount > options.maxBufferedBytes) {
      options.onStalled();
      return done(new Error("the volunteer does not read"));
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
