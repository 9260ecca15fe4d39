import { randomBytes } from "node:crypto";
import websocket from "@fastify/websocket";
import type { Runtime } from "@tributary/platform";
import { FRAME_OVERHEAD_BYTES } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import type { Runs } from "../coordinator/runs.ts";
import { defaultLimits, type TransportLimits } from "./limits.ts";
import { openSession, type Session } from "./session.ts";
import { createSnapshotCache } from "./snapshot-cache.ts";
import { createUploads, type Uploads } from "./uploads.ts";

export type VolunteerSocket = { connections(): number };

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
): Promise<VolunteerSocket> {
  const { runs, storage } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const uploads = createUploads(limits.maxUploadBytes);
  const snapshots = createSnapshotCache(storage);
  const sessions = new Set<Session>();
  const deps = {
    storage,
    runs: freeing(runs, uploads),
    rounds: options.deps,
    limits,
    uploads,
    snapshots,
    randomBytes,
  };

  fastify.addHook("preClose", async () => {
    for (const session of sessions) session.shutDown();
  });
  // Frames a little over the limit get a fault with a reason; the library cuts off those far beyond it.
  const maxPayload = 4 * (limits.chunkBytes + FRAME_OVERHEAD_BYTES);
  await fastify.register(websocket, { options: { maxPayload, perMessageDeflate: false } });
  fastify.get("/api/volunteer", { websocket: true }, (socket) => {
    const session = openSession(socket, deps);
    if (sessions.size >= limits.maxConnections) return session.turnAway();
    sessions.add(session);
    socket.on("close", () => sessions.delete(session));
  });
  return { connections: () => sessions.size };
}

/** Frees the uploads of a run's round as soon as another phase begins. */
function freeing(runs: Runs, uploads: Uploads): Runs {
  const watched = new Set<string>();
  return {
    ...runs,
    async open(run) {
      const coordinator = await runs.open(run);
      if (coordinator === null || watched.has(run)) return coordinator;
      watched.add(run);
      coordinator.onChange(() => {
        const state = coordinator.state();
        uploads.keepOnly(run, state.phase === "collecting" ? state.round : null);
      });
      return coordinator;
    },
  };
}
