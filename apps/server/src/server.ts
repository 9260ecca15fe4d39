/** The HTTP server as a value: routes and their protection. It owns no database, no process and no timer of a run. */
import compress from "@fastify/compress";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import type { Datasets } from "@tributary/datasets/node";
import { schemaProblems } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { TSchema } from "typebox";
import { registerAdminRoutes, requireOperator } from "./admin/admin-routes.ts";
import { createLogins } from "./admin/login.ts";
import type { LiveRuns } from "./coordinator/live-runs.ts";
import { registerExportRoutes } from "./export/export-routes.ts";
import { type AnswerMode, answerSerializer } from "./http/answers.ts";
import { badBody, installErrorHandler } from "./http/errors.ts";
import { registerHealthRoutes } from "./http/health-routes.ts";
import { registerMetrics } from "./http/metrics.ts";
import { registerPages } from "./http/pages.ts";
import { registerPublicRoutes } from "./http/public-routes.ts";
import { createSampleShards } from "./http/sample-shards.ts";

export type ServerDeps = {
  readonly storage: Storage;
  readonly live: LiveRuns;
  readonly datasets: Datasets;
  readonly log: FastifyBaseLogger;
  readonly now: () => number;
  /** Signs the login cookies. */
  readonly loginKey: Uint8Array;
  readonly pagesDirectory: string;
  readonly publicUrl: string | null;
  readonly trustProxy: boolean;
  readonly answers: AnswerMode;
  /** Adds the volunteers' WebSocket route. */
  readonly registerVolunteers: (app: FastifyInstance) => Promise<unknown>;
};

/** Calls a minute and address, page files aside: far above what a room of volunteers behind one address needs. */
const callsPerMinute = 6000;
const counted = /^\/(api\/|metrics$|healthz$)/;
const mostBodyBytes = 1_000_000;

/** Ready for `listen` or `inject`. */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: deps.log,
    trustProxy: deps.trustProxy,
    bodyLimit: mostBodyBytes,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(({ schema }) => (value) => {
    const problems = schemaProblems(schema as TSchema, value);
    return problems.length === 0 ? { value } : { error: badBody(problems) };
  });
  app.setSerializerCompiler(answerSerializer(deps.answers));
  installErrorHandler(app);
  await registerProtection(app, deps);
  await registerRoutes(app, deps);
  await app.ready();
  return app;
}

async function registerRoutes(app: FastifyInstance, deps: ServerDeps): Promise<void> {
  const { storage, live, datasets, publicUrl } = deps;
  const logins = createLogins({ tokens: storage.tokens, now: deps.now, secure: isHttps(publicUrl) });
  registerHealthRoutes(app, storage);
  registerMetrics(app, deps);
  registerPublicRoutes(app, { storage, live, shards: createSampleShards(datasets) });
  await app.register((admin, _, done) => {
    requireOperator(admin, { logins, publicUrl });
    registerAdminRoutes(admin, { storage, live, datasets, logins, publicUrl });
    registerExportRoutes(admin, { storage, live });
    done();
  });
  await deps.registerVolunteers(app);
  await registerPages(app, deps.pagesDirectory);
}

function isHttps(publicUrl: string | null): boolean {
  return publicUrl?.startsWith("https:") ?? false;
}

const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    // WebAssembly is compiled in the page and in its workers; nothing else is evaluated.
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    workerSrc: ["'self'", "blob:"],
    imgSrc: ["'self'", "data:", "blob:"],
    connectSrc: ["'self'", "ws:", "wss:"],
    styleSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

async function registerProtection(app: FastifyInstance, { publicUrl, loginKey }: ServerDeps): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy,
    // Both together make the pages cross-origin isolated, which WebAssembly threads need.
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginEmbedderPolicy: { policy: "require-corp" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    strictTransportSecurity: isHttps(publicUrl) ? { maxAge: 31_536_000 } : false,
  });
  await app.register(rateLimit, {
    max: callsPerMinute,
    timeWindow: 60_000,
    // By the route that matched: the path as written has other spellings.
    allowList: ({ routeOptions }) => !counted.test(routeOptions.url ?? ""),
  });
  await app.register(cookie, { secret: Buffer.from(loginKey) });
  await app.register(compress, { encodings: ["gzip"], threshold: 1024 });
}
