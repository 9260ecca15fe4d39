import type { FastifyRequest } from "fastify";
import type { Operator } from "./login.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set on every request below /api/admin that passed the login check. */
    operator: Operator | null;
  }
}

/** Whoever passed the login check. */
export function operatorOf({ operator }: FastifyRequest): Operator {
  if (operator === null) throw new Error("a route of operators was reached without a login");
  return operator;
}
