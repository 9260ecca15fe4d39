/** Refuses requests that another site could make a logged-in browser send. */
import type { FastifyRequest } from "fastify";
import { HttpError } from "../http/errors.ts";

/**
 * Throws a 403 for a change that comes from another origin, and a 415 for one that is not in JSON, which a form of
 * another site cannot send without asking first.
 */
export function refuseForgedRequest(request: FastifyRequest, publicUrl: string | null): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const origin = request.headers.origin;
  const own = [
    `${request.protocol}://${request.host}`,
    ...(publicUrl === null ? [] : [new URL(publicUrl).origin]),
  ];
  if (origin !== undefined && !own.includes(origin)) {
    throw new HttpError(
      403,
      `requests from "${origin.slice(0, 200)}" are refused here, only from ${own.join(", ")}`,
    );
  }
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
  if (type !== "application/json") {
    throw new HttpError(415, `content-type must be application/json, got "${(type ?? "").slice(0, 100)}"`);
  }
}
