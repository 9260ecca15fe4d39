/** A proxy that keeps every byte that browsers send to a server: requests, bodies, and WebSocket frames unmasked. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { masked } from "./websocket-frames.ts";

export type RecordingProxy = {
  /** Where browsers go instead of the server: http://127.0.0.1:PORT. */
  readonly url: string;
  /** Everything that was sent through it: each connection's bytes as they came, then its frames' payloads. */
  sent(): readonly Buffer[];
  close(): Promise<void>;
};

/** Opens a proxy on a free port in front of the server at `target`, http://host:port. */
export async function openRecordingProxy(target: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(target);
  const connections: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  };
  const server = createServer((client) => {
    const chunks: Buffer[] = [];
    connections.push(chunks);
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) keep(socket);
    client.on("data", (chunk) => void chunks.push(chunk));
    client.pipe(upstream).pipe(client);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => connections.flatMap((chunks) => [Buffer.concat(chunks), ...masked(Buffer.concat(chunks))]),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
