/** Opens everything that a server is made of, in order, and closes it in reverse. */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Datasets, openDatasets } from "@tributary/datasets/node";
import { codeOf, realRuntime } from "@tributary/platform";
import { openStorage, type Storage, startEmbeddedPostgres } from "@tributary/storage";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { startComputeProcess } from "./compute-child.ts";
import type { Config } from "./config.ts";
import { type Runs, startRuns } from "./coordinator/runs.ts";
import { createDemoRun } from "./demo-run.ts";
import { createResources, type Resources } from "./resources.ts";
import { firstAdminToken, loginKey } from "./secrets.ts";
import { buildServer } from "./server.ts";
import { addShippedTasks } from "./shipped-tasks.ts";
import { registerVolunteerSocket } from "./transport/volunteer-socket.ts";

export type RunningServer = {
  /** Where it listens, or where PUBLIC_URL says that it is reached. No slash at the end. */
  readonly url: string;
  readonly adminToken: string;
  /** Whether this start generated the token. */
  readonly isNewToken: boolean;
  readonly databaseUrl: string;
  readonly storage: Storage;
  /** Stops everything that the start opened, the database included. */
  close(): Promise<void>;
};

/**
 * Resolves once the server answers. Throws when a part cannot be opened, after closing those that were.
 * `resources` is what a caller needs who may have to give up before the start is through.
 */
export async function startServer(
  config: Config,
  {
    log,
    resources = closedTogether(log),
  }: { readonly log: FastifyBaseLogger; readonly resources?: Resources },
): Promise<RunningServer> {
  try {
    return await openAll(config, log, resources);
  } catch (error) {
    await resources.close();
    throw error;
  }
}

/** Resources whose failures to close go to the log. */
export function closedTogether(log: FastifyBaseLogger): Resources {
  return createResources((name, error) => log.error({ err: error }, `${name} did not close`));
}

async function openAll(config: Config, log: FastifyBaseLogger, resources: Resources): Promise<RunningServer> {
  const say = (message: string) => log.info(message);
  const databaseUrl = await openDatabase(config, say, resources);
  const storage = await openStorage({ databaseUrl });
  resources.add("storage", () => storage.close());
  const runs = await startRuns({ storage, deps: realRuntime(log) });
  resources.add("runs", () => runs.close());
  const datasets = openDatasets(config.datasetsDirectory, (message) => log.warn(message));
  await addShippedTasks(storage, config.datasetsDirectory, (message) => log.warn(message));
  const app = await openHttp(config, { log, storage, runs, datasets });
  resources.add("HTTP server", () => app.close());

  const admin = await firstAdminToken(config.homeDirectory, config.adminToken, storage.tokens);
  if (config.demoRun === "create") await createDemoRun({ storage, live: runs, datasets }, say);
  await listen(app, config);
  if (config.compute === "child") openCompute(config, databaseUrl, log, resources);
  return {
    url: config.publicUrl ?? addressOf(app.server.address() as AddressInfo),
    adminToken: admin.token,
    isNewToken: admin.isNew,
    databaseUrl,
    storage,
    close: () => resources.close(),
  };
}

type Served = {
  readonly log: FastifyBaseLogger;
  readonly storage: Storage;
  readonly runs: Runs;
  readonly datasets: Datasets;
};

/** The HTTP server with all its routes, not listening yet. */
async function openHttp(config: Config, { log, storage, runs, datasets }: Served): Promise<FastifyInstance> {
  const { pagesDirectory, publicUrl, trustProxy } = config;
  const deps = realRuntime(log);
  return await buildServer({
    ...{ storage, live: runs, datasets, log, pagesDirectory, publicUrl, trustProxy },
    now: Date.now,
    loginKey: await loginKey(config.homeDirectory),
    answers: "trusted",
    registerVolunteers: (server) => registerVolunteerSocket(server, { storage, runs, deps }),
  });
}

function openCompute(
  config: Config,
  databaseUrl: string,
  log: FastifyBaseLogger,
  resources: Resources,
): void {
  const { datasetsDirectory: datasets, computeBackend: backend } = config;
  const compute = startComputeProcess({ databaseUrl, datasets, backend, log });
  resources.add("compute process", () => compute.stop());
}

/** The address of the configured database; the embedded one is started, and stopped with `resources`. */
export async function openDatabase(
  { database, homeDirectory }: Config,
  say: (message: string) => void,
  resources: Resources,
): Promise<string> {
  if (database.kind === "external") return database.url;
  const postgres = await startEmbeddedPostgres({ directory: join(homeDirectory, "postgres"), log: say });
  resources.add("PostgreSQL", () => postgres.stop());
  return postgres.databaseUrl;
}

type Listening = { listen(options: { host: string; port: number }): Promise<string> };

async function listen(app: Listening, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = codeOf(error);
    if (code === "EADDRINUSE") {
      throw new Error(`port ${port} of ${host} is in use: stop what uses it, or set PORT to another`, {
        cause: error,
      });
    }
    if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw new Error(`cannot listen on ${host}:${port} (${code}): set HOST and PORT`, { cause: error });
    }
    throw error;
  }
}

/** An address for a browser on this machine, also where the server listens on all of its addresses. */
function addressOf({ address, family, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `http://localhost:${port}`;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
