import { type Database, withoutNul } from "./database.ts";
import type { Storage } from "./storage.ts";

export function tokenStorage(sql: Database): Storage["tokens"] {
  return {
    async create(tokenHash, label) {
      await sql`insert into tokens (token_hash, label) values (${tokenHash}, ${label})`;
    },
    async verify(tokenHash) {
      const [row] = await sql<{ label: string }[]>`select label from tokens where token_hash = ${tokenHash}`;
      return row ?? null;
    },
    async count() {
      const [row] = await sql<{ count: number }[]>`select count(*) as count from tokens`;
      return row?.count ?? 0;
    },
  };
}

type AuditEntry = Awaited<ReturnType<Storage["audit"]["list"]>>[number];

export function auditStorage(sql: Database): Storage["audit"] {
  return {
    async record(actor, action, run, detail) {
      await sql`insert into audit (actor, action, run, detail) values (${actor}, ${action}, ${run}, ${withoutNul(detail)})`;
    },
    async list(limit) {
      return sql<
        AuditEntry[]
      >`select at, actor, action, run, detail from audit order by id desc limit ${limit}`;
    },
  };
}
