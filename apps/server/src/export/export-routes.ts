/** GET /api/admin/runs/:run/export lists the files of a run's export; .../export/NAME downloads one. */
import type { FastifyInstance } from "fastify";
import { HttpError } from "../http/errors.ts";
import { onGet } from "../http/json-routes.ts";
import { findRun, type ViewDeps } from "../http/run-view.ts";
import { exportFileNames, readExportFile } from "./run-files.ts";

export function registerExportRoutes(app: FastifyInstance, deps: ViewDeps): void {
  onGet(app, "/api/admin/runs/:run/export", async ({ params }) => {
    const stored = await findRun(deps, params.run);
    return { files: [...(await exportFileNames(deps.storage, stored))] };
  });

  app.get<{ Params: { run: string; "*": string } }>(
    "/api/admin/runs/:run/export/*",
    async ({ params }, reply) => {
      const stored = await findRun(deps, params.run);
      const path = params["*"];
      const file = await readExportFile(deps.storage, stored, path);
      if (file === null) {
        throw new HttpError(404, `the export of run "${stored.id}" has no file "${path.slice(0, 100)}"`);
      }
      const name = `${stored.id}-${path.replaceAll("/", "-")}`;
      return reply
        .type(file.type)
        .header("content-disposition", `attachment; filename="${name}"`)
        .send(typeof file.body === "string" ? file.body : Buffer.from(file.body));
    },
  );
}
