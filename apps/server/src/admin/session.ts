/**
 * Who is an operator: the admin token in a bearer header (scripts), or a session cookie (the dashboard).
 * The cookie is signed, names the token's hash and its own end, and dies with the token, at its end, or at logout.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { sha256 } from "@tributary/platform";
import type { Storage } from "@tributary/storage";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../http/errors.ts";

export const sessionCookie = "tributary_session";
const sessionMs = 12 * 60 * 60 * 1000;

export type Operator = { readonly label: string };

export type SessionDeps = {
  readonly tokens: Pick<Storage["tokens"], "verify">;
  /** Signs the cookies; kept across restarts, so that a restart logs nobody out. */
  readonly sessionKey: Uint8Array;
  readonly now: () => number;
  /** Cookies only over https. */
  readonly secure: boolean;
};

export type Sessions = {
  /** Sets the cookie. null: the token is not known. */
  login(token: string, reply: FastifyReply): Promise<Operator | null>;
  logout(request: FastifyRequest, reply: FastifyReply): void;
  operator(request: FastifyRequest): Promise<Operator | null>;
};

type Session = { readonly id: string; readonly tokenHash: string; readonly endsAtMs: number };

export function createSessions(deps: SessionDeps): Sessions {
  /** Logged-out sessions that have not ended by themselves: id -> end. */
  const revoked = new Map<string, number>();
  const options = { path: "/", httpOnly: true, sameSite: "strict", secure: deps.secure } as const;

  const sessionOf = (request: FastifyRequest): Session | null => {
    const session = openSession(request.cookies[sessionCookie] ?? "", deps.sessionKey);
    const alive = session !== null && session.endsAtMs > deps.now() && !revoked.has(session.id);
    return alive ? session : null;
  };

  return {
    async login(token, reply) {
      const tokenHash = sha256(token);
      const known = await deps.tokens.verify(tokenHash);
      if (known === null) return null;
      const session = { id: randomBytes(16).toString("hex"), tokenHash, endsAtMs: deps.now() + sessionMs };
      reply.setCookie(sessionCookie, sealSession(session, deps.sessionKey), {
        ...options,
        maxAge: sessionMs / 1000,
      });
      return known;
    },
    logout(request, reply) {
      const session = sessionOf(request);
      if (session !== null) revoked.set(session.id, session.endsAtMs);
      for (const [id, endsAtMs] of revoked) if (endsAtMs <= deps.now()) revoked.delete(id);
      reply.clearCookie(sessionCookie, options);
    },
    async operator(request) {
      const bearer = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
      if (bearer !== undefined) return deps.tokens.verify(sha256(bearer));
      const session = sessionOf(request);
      return session === null ? null : deps.tokens.verify(session.tokenHash);
    },
  };
}

/**
 * Refuses what another site could make a logged-in browser send: changes that are not JSON (a form cannot send
 * JSON without asking first), or that come from another origin. Throws a 403 or 415.
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

/** `id.tokenHash.endsAtMs.signature` */
function sealSession({ id, tokenHash, endsAtMs }: Session, key: Uint8Array): string {
  const text = `${id}.${tokenHash}.${endsAtMs}`;
  return `${text}.${signature(text, key).toString("hex")}`;
}

function openSession(sealed: string, key: Uint8Array): Session | null {
  const match = /^(([0-9a-f]{32})\.([0-9a-f]{64})\.(\d{1,16}))\.([0-9a-f]{64})$/.exec(sealed);
  if (match === null) return null;
  const [, text = "", id = "", tokenHash = "", endsAtMs = "", signed = ""] = match;
  if (!timingSafeEqual(Buffer.from(signed, "hex"), signature(text, key))) return null;
  return { id, tokenHash, endsAtMs: Number(endsAtMs) };
}

function signature(text: string, key: Uint8Array): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
