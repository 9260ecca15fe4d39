/** GET /healthz: can this server do its work, which it cannot without its database. */

import type { Storage } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import { HttpError } from "./errors.ts";
import { onGet } from "./json-routes.ts";

const patienceMs = 3000;

export function registerHealthRoutes(app: FastifyInstance, storage: Storage): void {
  onGet(app, "/healthz", async (request, reply) => {
    const failure = await within(patienceMs, storage.tokens.count()).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure !== null) {
      request.log.error({ err: failure }, "the database does not answer");
      throw new HttpError(503, "the database does not answer");
    }
    reply.header("cache-control", "no-store");
    return { ok: true };
  });
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
