/**
 * Who coordinates which run: session-level advisory locks, all on one connection. Postgres frees them the moment
 * that connection ends, however its process ended.
 */
import { connect, type Database } from "./database.ts";
import type { Storage } from "./storage.ts";

export type Leadership = { readonly lead: Storage["lead"]; close(): Promise<void> };

export function openLeadership(databaseUrl: string): Leadership {
  const held = new Map<string, () => void>();
  const loseAll = () => {
    for (const lose of held.values()) lose();
    held.clear();
  };
  const sql = connect(databaseUrl, { max: 1, name: "tributary lead", onClose: loseAll });

  return {
    async lead(run) {
      // A session may take its own lock again: within this process the map is what refuses.
      if (held.has(run)) return null;
      let lose: () => void = () => undefined;
      const lost = new Promise<void>((resolve) => {
        lose = resolve;
      });
      held.set(run, lose);
      const locked = await tryLock(sql, run).catch((error: unknown) => {
        held.delete(run);
        throw error;
      });
      if (!locked) {
        held.delete(run);
        return null;
      }
      return { lost, release: () => release(sql, held, run, lose) };
    },
    async close() {
      await sql.end({ timeout: 5 });
    },
  };
}

async function tryLock(sql: Database, run: string): Promise<boolean> {
  const [row] = await sql<{ locked: boolean }[]>`select pg_try_advisory_lock(${key(sql, run)}) as locked`;
  return row?.locked ?? false;
}

async function release(
  sql: Database,
  held: Map<string, () => void>,
  run: string,
  lose: () => void,
): Promise<void> {
  // After a lost connection the run may be led anew: that lock is not this one's to free.
  if (held.get(run) !== lose) return;
  try {
    await sql`select pg_advisory_unlock(${key(sql, run)})`;
  } finally {
    held.delete(run);
  }
}

function key(sql: Database, run: string) {
  return sql`hashtextextended(${`tributary run ${run}`}, 0)`;
}
