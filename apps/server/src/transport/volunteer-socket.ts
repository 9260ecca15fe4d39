import { randomBytes } from "node:crypto";
import websocket from "@fastify/websocket";
import { defaultLimits, type TransportLimits } from "@tributary/connection";
import type { Runtime } from "@tributary/platform";
import { FRAME_OVERHEAD_BYTES } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import type { Runs } from "../coordinator/runs.ts";
import { type Connection, openConnection } from "./open-connection.ts";
import { createSnapshotCache } from "./snapshot-cache.ts";
import { createUploads } from "./uploads.ts";

/**
 * GET /api/volunteer, upgraded: the one way in for volunteers. When fastify closes, every volunteer is told to come
 * back, and keeps its place in the open round.
 */
export async function registerVolunteerSocket(
  fastify: FastifyInstance,
  options: {
    readonly runs: Runs;
    readonly storage: Storage;
    readonly deps: Runtime;
    readonly limits?: Partial<TransportLimits>;
  },
): Promise<void> {
  const { runs, storage, deps: runtime } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const uploads = createUploads(limits.maxUploadBytes);
  const snapshots = createSnapshotCache(storage);
  const connections = new Set<Connection>();
  const deps = { storage, runs, runtime, limits, uploads, snapshots, randomBytes };

  const stopFreeing = runs.onRoundClosed(uploads.closeRounds);
  fastify.addHook("preClose", async () => {
    stopFreeing();
    for (const connection of connections) connection.shutDown();
  });
  // A frame a little over the limit gets a fault with a reason; the library cuts off one far beyond it.
  const maxPayload = 4 * (limits.chunkBytes + FRAME_OVERHEAD_BYTES);
  await fastify.register(websocket, { options: { maxPayload, perMessageDeflate: false } });
  fastify.get("/api/volunteer", { websocket: true }, (socket) => {
    const connection = openConnection(socket, deps);
    if (connections.size >= limits.maxConnections) return connection.turnAway();
    connections.add(connection);
    socket.on("close", () => connections.delete(connection));
  });
}
