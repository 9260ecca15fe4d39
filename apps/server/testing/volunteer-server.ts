/** For tests: a volunteer socket in process, on a database of its own. Nothing computes: only averaging moves. */
import type { AddressInfo } from "node:net";
import type { TransportLimits } from "@tributary/connection";
import { type Log, realRuntime } from "@tributary/platform";
import { until as lookUntil } from "@tributary/platform/testing";
import { encodeTensor, type Plan } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import { openTestDatabase, type TestDatabase } from "@tributary/storage/testing";
import { fastify } from "fastify";
import { pino } from "pino";
import type { Coordinator, CoordinatorSettings } from "../src/coordinator/coordinator.ts";
import { type Runs, startRuns } from "../src/coordinator/runs.ts";
import { registerVolunteerSocket } from "../src/transport/volunteer-socket.ts";

export type TestServer = {
  readonly url: string;
  readonly databaseUrl: string;
  readonly storage: Storage;
  readonly runs: Runs;
  /** Creates and starts a run; its model is `parameters` zeros, whatever the plan's network. */
  run(name: string, plan: Plan, parameters: number): Promise<Coordinator>;
  /** Closes the socket and the coordinators and opens new ones on the same database. */
  restart(): Promise<TestServer>;
  close(): Promise<void>;
};

type Options = {
  readonly limits?: Partial<TransportLimits>;
  readonly settings?: Partial<CoordinatorSettings>;
  readonly log?: Log;
};

export async function startTestServer(options: Options = {}): Promise<TestServer> {
  const database = await openTestDatabase();
  return serve(database, options);
}

async function serve(database: TestDatabase, options: Options): Promise<TestServer> {
  const { databaseUrl, storage } = database;
  const deps = realRuntime(options.log ?? pino({ level: "error" }));
  const runs = await startRuns({ storage, deps, settings: { pollMs: 100, ...options.settings } });
  const app = fastify();
  await registerVolunteerSocket(app, {
    runs,
    storage,
    deps,
    limits: { chunkBytes: 1024, ...options.limits },
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const stop = async () => {
    await app.close();
    await runs.close();
  };
  return {
    url: `ws://127.0.0.1:${port}/api/volunteer`,
    databaseUrl,
    storage,
    runs,
    async run(name, plan, parameters) {
      const { manifest, bytes } = encodeTensor(new Float32Array(parameters), "float32");
      await storage.runs.create({
        id: name,
        name,
        plan,
        initial: { hash: manifest.hash, parameters: bytes },
      });
      const coordinator = await runs.open(name);
      if (coordinator === null) throw new Error(`run ${name} did not open`);
      await coordinator.act("start");
      return coordinator;
    },
    async restart() {
      await stop();
      return serve(database, options);
    },
    async close() {
      await stop();
      await database.close();
    },
  };
}

/** Resolves once the coordinator's state fits. Rejects after 30 s, with the state that it saw last. */
export async function until(
  coordinator: Coordinator,
  fits: (state: ReturnType<Coordinator["state"]>) => boolean,
): Promise<void> {
  await lookUntil(`run ${coordinator.run.id} to fit ${fits}`, coordinator.state, { holds: fits });
}

/** Resolves once what the dashboard sees fits. Rejects after 30 s, with what it saw last. */
export async function untilLive(
  coordinator: Coordinator,
  fits: (live: ReturnType<Coordinator["live"]>) => boolean,
): Promise<void> {
  await lookUntil(`run ${coordinator.run.id} to fit ${fits}`, coordinator.live, { holds: fits });
}
