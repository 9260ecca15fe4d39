/** Errors that a client may see. They know their own status; everything else is a bug and is hidden. */
import { describeProblems, type ErrorBody, type Problem } from "@tributary/protocol";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const slugs = {
  400: "bad-request",
  401: "not-logged-in",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  413: "too-large",
  415: "unsupported-media-type",
  429: "too-many-requests",
  503: "unavailable",
} as const;
type ClientStatus = keyof typeof slugs;

export class HttpError extends Error {
  readonly statusCode: ClientStatus;

  /** The problems of a request's body; none where the error is not about its fields. */
  readonly problems: readonly Problem[];

  /** `detail` is for people and quotes the wrong value. */
  constructor(statusCode: ClientStatus, detail: string, problems: readonly Problem[] = []) {
    super(detail);
    this.statusCode = statusCode;
    this.problems = problems;
  }
}

/** A 400 that carries every problem of the request's body, each with its path. */
export function badBody(problems: readonly Problem[]): HttpError {
  return new HttpError(400, describeProblems(problems), problems);
}

/** One handler for all routes: a 4xx shows its detail, a 5xx is logged and hidden. Unknown /api paths answer JSON. */
export function installErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500 && !(error instanceof HttpError)) {
      request.log.error({ err: error }, "request failed");
      const detail = "The server failed; its log says why.";
      return send(reply, status, { error: "internal", detail, problems: [] });
    }
    return send(reply, status, {
      error: slugs[status as ClientStatus] ?? "bad-request",
      detail: error.message,
      problems: error instanceof HttpError ? [...error.problems] : [],
    });
  });
  app.setNotFoundHandler((request, reply) => notFound(request, reply));
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split("?")[0] ?? "";
  const detail = `nothing at ${request.method} ${path.slice(0, 200)}`;
  if (path.startsWith("/api/")) return send(reply, 404, { error: "not-found", detail, problems: [] });
  return reply.code(404).type("text/plain; charset=utf-8").send(`${detail}\n`);
}

function send(reply: FastifyReply, status: number, body: ErrorBody): FastifyReply {
  return reply.code(status).header("cache-control", "no-store").send(body);
}
