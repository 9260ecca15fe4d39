/**
 * Who coordinates which run: session-level advisory locks, all on one connection. Postgres frees them the moment
 * that connection ends, however its process ended.
 */
import type { RunId } from "@tributary/protocol";
import { connect, type Database } from "./database.ts";

/** This process leads a run, until it releases it or loses its connection. */
export type Leading = {
  release(): Promise<void>;
  /** Resolves when the connection that holds the lock has ended: from then on another process may lead. */
  readonly lost: Promise<void>;
};

/** This process's part in the election of leaders. */
export type Leadership = {
  /** Takes the advisory lock that makes this process the run's only coordinator; null while another holds it. */
  lead(run: RunId): Promise<Leading | null>;
  /** Ends the connection, and with it every lock. */
  close(): Promise<void>;
};

/** Connects when the first run is to be led. */
export function openLeadership(databaseUrl: string): Leadership {
  const held = new Map<RunId, () => void>();
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

async function tryLock(sql: Database, run: RunId): Promise<boolean> {
  const [row] = await sql<{ locked: boolean }[]>`
    /* lock-run */
    select pg_try_advisory_lock(${key(sql, run)}) as locked`;
  return row?.locked ?? false;
}

async function release(
  sql: Database,
  held: Map<RunId, () => void>,
  run: RunId,
  lose: () => void,
): Promise<void> {
  // After a lost connection the run may be led anew: that lock is not this one's to free.
  if (held.get(run) !== lose) return;
  try {
    await sql`/* unlock-run */ select pg_advisory_unlock(${key(sql, run)})`;
  } finally {
    held.delete(run);
  }
}

function key(sql: Database, run: RunId) {
  return sql`hashtextextended(${`tributary run ${run}`}, 0)`;
}
