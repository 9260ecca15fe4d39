import type { Hash, RunId } from "@tributary/protocol";
import { type Database, withoutNul } from "./database.ts";

/** Operators' tokens. */
export type TokenStorage = {
  /** Stores only the token's SHA-256. */
  create(tokenHash: Hash, label: string): Promise<void>;
  verify(tokenHash: Hash): Promise<{ readonly label: string } | null>;
  count(): Promise<number>;
};

/** One line of the audit log: who did what, to which run. */
export type AuditEntry = {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly run: RunId | null;
  readonly detail: string;
};

/** What operators did. Entries outlive the runs that they speak of. */
export type AuditStorage = {
  record(actor: string, action: string, run: RunId | null, detail: string): Promise<void>;
  /** The newest `limit` entries, newest first. */
  list(limit: number): Promise<readonly AuditEntry[]>;
};

/** The operators' tokens on `sql`. */
export function tokenStorage(sql: Database): TokenStorage {
  return {
    async create(tokenHash, label) {
      await sql`/* create-token */ insert into tokens (token_hash, label) values (${tokenHash}, ${label})`;
    },
    async verify(tokenHash) {
      const [row] = await sql<{ label: string }[]>`
        /* verify-token */
        select label from tokens where token_hash = ${tokenHash}`;
      return row ?? null;
    },
    async count() {
      const [row] = await sql<{ count: number }[]>`/* count-tokens */ select count(*) as count from tokens`;
      return row?.count ?? 0;
    },
  };
}

/** The audit log on `sql`. */
export function auditStorage(sql: Database): AuditStorage {
  return {
    async record(actor, action, run, detail) {
      await sql`
        /* record-audit */
        insert into audit (actor, action, run, detail) values (${actor}, ${action}, ${run}, ${withoutNul(detail)})`;
    },
    async list(limit) {
      return sql<AuditEntry[]>`
        /* list-audit */
        select at, actor, action, run, detail from audit order by id desc limit ${limit}`;
    },
  };
}
