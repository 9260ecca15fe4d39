/** GET /api/admin/runs/:run/events: the run's detail as server-sent events, for as long as a reader listens. */
import type { Storage } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import { findRun, runDetail, type ViewDeps } from "../http/run-view.ts";
import { openRunEvents } from "./run-events.ts";

/** Open streams end when the server closes: a reader that stays would keep it from stopping. */
export function registerRunEvents(app: FastifyInstance, deps: ViewDeps): void {
  const streams = new Set<ReturnType<typeof openRunEvents>>();
  app.addHook("preClose", async () => {
    for (const stream of streams) stream.destroy();
  });
  const changes = listenToRuns(app, deps.storage);

  app.get<{ Params: { run: string } }>("/api/admin/runs/:run/events", async (request, reply) => {
    const stored = await findRun(deps, request.params.run);
    const stream = openRunEvents({
      // Read anew: the plan of a run that waits for figures changes once.
      detail: async () => runDetail(deps, await findRun(deps, stored.id)),
      subscribe: (onChange) =>
        endingAll(changes.subscribe(stored.id, onChange), deps.live.subscribe(stored.id, onChange)),
      onError: (error) => request.log.error({ err: error }, "cannot read the run for its events"),
    });
    streams.add(stream);
    stream.on("close", () => streams.delete(stream));
    return reply.type("text/event-stream").header("x-accel-buffering", "no").send(stream);
  });
}

function endingAll(...subscriptions: readonly (() => void)[]): () => void {
  return () => {
    for (const end of subscriptions) end();
  };
}

/** The changes of runs in the database. It is listened to once, however many readers there are. */
function listenToRuns(app: FastifyInstance, storage: Pick<Storage, "listen">) {
  const listeners = new Map<string, Set<() => void>>();
  let unlisten: (() => Promise<void>) | null = null;

  app.addHook("onReady", async () => {
    unlisten = await storage.listen("runs", (run) => {
      for (const changed of listeners.get(run) ?? []) changed();
    });
  });
  app.addHook("preClose", async () => {
    // A database that is gone has nothing left to tell.
    await unlisten?.().catch((error: unknown) => app.log.warn({ err: error }, "cannot stop listening"));
  });

  return {
    /** Returns a function that ends the subscription. */
    subscribe(run: string, onChange: () => void): () => void {
      const ofRun = listeners.get(run) ?? new Set();
      listeners.set(run, ofRun.add(onChange));
      return () => {
        ofRun.delete(onChange);
        if (ofRun.size === 0) listeners.delete(run);
      };
    },
  };
}
