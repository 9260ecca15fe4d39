/**
 * Who is an operator: the admin token in a bearer header (scripts), or a login cookie (the dashboard). The cookie is
 * signed, names the token's hash and its own end, and is worth nothing after its end, a logout, or the token's end.
 */
import { randomBytes } from "node:crypto";
import { sha256 } from "@tributary/platform";
import type { Storage } from "@tributary/storage";
import type { FastifyReply, FastifyRequest } from "fastify";

const loginCookie = "tributary_login";
const loginMs = 12 * 60 * 60 * 1000;

/** `label`: the name of the operator's token. */
export type Operator = { readonly label: string };

export type LoginDeps = {
  readonly tokens: Pick<Storage["tokens"], "verify">;
  readonly now: () => number;
  /** Sends the cookie only over https. */
  readonly secure: boolean;
};

export type Logins = {
  /** Sets the cookie. Null: the token is not known. */
  login(token: string, reply: FastifyReply): Promise<Operator | null>;
  logout(request: FastifyRequest, reply: FastifyReply): void;
  /** Null: the request comes from nobody who is logged in. */
  operator(request: FastifyRequest): Promise<Operator | null>;
};

type Login = { readonly id: string; readonly tokenHash: string; readonly endsAtMs: number };

/** Needs @fastify/cookie with the key that signs: it is kept over restarts, so that a restart logs nobody out. */
export function createLogins(deps: LoginDeps): Logins {
  /** Logins that were ended by a logout and have not ended by themselves: id -> end. */
  const revoked = new Map<string, number>();
  const options = { path: "/", httpOnly: true, sameSite: "strict", secure: deps.secure } as const;

  const loginOf = (request: FastifyRequest): Login | null => {
    const login = readLogin(request);
    const isAlive = login !== null && login.endsAtMs > deps.now() && !revoked.has(login.id);
    return isAlive ? login : null;
  };

  return {
    async login(token, reply) {
      const tokenHash = sha256(token);
      const known = await deps.tokens.verify(tokenHash);
      if (known === null) return null;
      const id = randomBytes(16).toString("hex");
      const value = `${id}.${tokenHash}.${deps.now() + loginMs}`;
      reply.setCookie(loginCookie, value, { ...options, maxAge: loginMs / 1000, signed: true });
      return known;
    },
    logout(request, reply) {
      const login = loginOf(request);
      if (login !== null) revoked.set(login.id, login.endsAtMs);
      for (const [id, endsAtMs] of revoked) if (endsAtMs <= deps.now()) revoked.delete(id);
      reply.clearCookie(loginCookie, options);
    },
    async operator(request) {
      const bearer = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
      if (bearer !== undefined) return deps.tokens.verify(sha256(bearer));
      const login = loginOf(request);
      return login === null ? null : deps.tokens.verify(login.tokenHash);
    },
  };
}

/** The login in the request's cookie, `id.tokenHash.endsAtMs`; null where its signature is not ours. */
function readLogin(request: FastifyRequest): Login | null {
  const { value } = request.unsignCookie(request.cookies[loginCookie] ?? "");
  const match = /^([0-9a-f]{32})\.([0-9a-f]{64})\.(\d{1,16})$/.exec(value ?? "");
  if (match === null) return null;
  const [, id = "", tokenHash = "", endsAtMs = ""] = match;
  return { id, tokenHash, endsAtMs: Number(endsAtMs) };
}
