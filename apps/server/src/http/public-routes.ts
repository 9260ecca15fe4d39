/** What anyone may ask: the runs, their sample shards, their newest model. No cookie, no login. */

import { layoutOf } from "@tributary/model";
import { networkOf } from "@tributary/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "./errors.ts";
import { onGet } from "./json-routes.ts";
import { findRun, newestSnapshot, runList, runSummary, type ViewDeps } from "./run-view.ts";
import type { SampleShards, ShardPart } from "./sample-shards.ts";
import { registerStatistics } from "./statistics-route.ts";

export type PublicDeps = ViewDeps & { readonly shards: SampleShards };

type RunParams = { Params: { run: string } };
type ShardParams = { Params: { run: string; index: string } };

export function registerPublicRoutes(app: FastifyInstance, deps: PublicDeps): void {
  onGet(app, "/api/runs", () => runList(deps));
  onGet(app, "/api/runs/:run", async ({ params }) => runSummary(deps, await findRun(deps, params.run)));
  registerStatistics(app, deps);
  onGet(app, "/api/runs/:run/shards", async ({ params }, reply) => {
    const { id: run, plan } = await findRun(deps, params.run);
    reply.header("cache-control", "public, max-age=3600");
    return deps.shards.list(run, plan);
  });

  for (const part of ["images", "labels", "rows"] as const) {
    app.get<ShardParams>(`/api/runs/:run/shards/:index/${part}`, (request, reply) =>
      sendShard(deps, part, request, reply),
    );
  }

  app.get<RunParams>("/api/runs/:run/model", async ({ params }, reply) => sendModel(deps, params.run, reply));
}

/** A part of a shard, gzip on the way. */
async function sendShard(
  deps: PublicDeps,
  part: ShardPart,
  request: FastifyRequest<ShardParams>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id: run, plan } = await findRun(deps, request.params.run);
  const index = /^\d{1,5}$/.test(request.params.index) ? Number(request.params.index) : -1;
  const file = await deps.shards.file(run, plan, index, part);
  if (file === null) {
    const shards = plan.sample?.shards ?? 0;
    const parts = plan.task.kind === "image-classification" ? "images and labels" : "rows";
    const has = shards === 0 ? "no sample shards" : `shards 0 to ${shards - 1} of ${parts}`;
    throw new HttpError(
      404,
      `run "${run}" has ${has}, not ${part} of "${request.params.index.slice(0, 20)}"`,
    );
  }
  reply.header("etag", file.etag).header("cache-control", "public, max-age=3600, must-revalidate");
  if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
  return reply
    .type("application/octet-stream")
    .header("content-encoding", "gzip")
    .header("vary", "accept-encoding")
    .send(file.gzip);
}

/** The newest model: float32 little-endian; what the values are is in the headers. */
async function sendModel(deps: PublicDeps, id: string, reply: FastifyReply): Promise<FastifyReply> {
  const { id: run, plan } = await findRun(deps, id);
  const newest = newestSnapshot(await deps.storage.snapshots.list(run));
  const snapshot = newest && (await deps.storage.snapshots.byHash(run, newest.hash));
  if (!newest || !snapshot) throw new HttpError(404, `run "${run}" has no model yet`);
  return reply
    .type("application/octet-stream")
    .header("cache-control", "no-cache")
    .header("etag", `"${newest.hash}"`)
    .header("content-disposition", `attachment; filename="${run}-round-${newest.round}-${newest.kind}.bin"`)
    .header("x-tributary-round", newest.round)
    .header("x-tributary-kind", newest.kind)
    .header("x-tributary-hash", newest.hash)
    .header("x-tributary-layout", JSON.stringify(layoutOf(networkOf(plan))))
    .send(Buffer.from(snapshot.parameters));
}
