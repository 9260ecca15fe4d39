/** The built pages: the volunteer's at /, the dashboard's at /admin, their hashed assets for ever in caches. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import staticFiles from "@fastify/static";
import type { FastifyInstance } from "fastify";

export async function registerPages(app: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(join(directory, "index.html"))) {
    app.get("/", (_, reply) =>
      reply
        .code(503)
        .type("text/plain; charset=utf-8")
        .send(`The pages are not built: nothing in ${directory}\n`),
    );
    return;
  }
  await app.register(staticFiles, {
    root: directory,
    cacheControl: false,
    setHeaders: (response, path) => {
      const hashed = path.includes("/assets/");
      response.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  for (const path of ["/admin", "/admin/*"]) {
    app.get(path, (_, reply) => reply.sendFile("admin.html"));
  }
}
