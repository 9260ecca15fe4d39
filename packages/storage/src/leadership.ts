/**
 * Who coordinates which run: session-level advisory locks, all on one connection. Postgres frees them the moment
 * that connection ends, however its process ended.
 */
import { deferred } from "@tributary/platform";
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
  const held: Held = new Map();
  const loseAll = () => {
    for (const lose of held.values()) lose();
    held.clear();
  };
  const sql = connect(databaseUrl, { max: 1, name: "tributary lead", onClose: loseAll });

  return {
    lead: (run) => lead(sql, held, run),
    async close() {
      await sql.end({ timeout: 5 });
    },
  };
}

/** The runs that this process leads, each with the function that says that its lock is lost. */
type Held = Map<RunId, () => void>;

async function lead(sql: Database, held: Held, run: RunId): Promise<Leading | null> {
  // Postgres would give one connection the same lock twice: within this process the map refuses.
  if (held.has(run)) return null;
  const { promise: lost, resolve: lose } = deferred();
  held.set(run, lose);
  let isLocked = false;
  try {
    isLocked = await tryLock(sql, run);
  } finally {
    if (!isLocked) held.delete(run);
  }
  return isLocked ? { lost, release: () => release(sql, held, run, lose) } : null;
}

async function tryLock(sql: Database, run: RunId): Promise<boolean> {
  const [row] = await sql<{ locked: boolean }[]>`
    /* lock-run */
    select pg_try_advisory_lock(${key(sql, run)}) as locked`;
  return row?.locked ?? false;
}

async function release(sql: Database, held: Held, run: RunId, lose: () => void): Promise<void> {
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
