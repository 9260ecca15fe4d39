/** Postgres NOTIFY: which run's rows changed. A hint only, since one may be lost while the database is away. */
import type { RunId } from "@tributary/protocol";
import type { Database, Queryable } from "./database.ts";

/** `runs`: every commit, and progress and end of every job. `jobs`: every job that waits for a worker. */
export type Channel = "jobs" | "runs";

/** Hears of changes that any process on this database made. Listeners also poll, because a notification may be lost. */
export type Notifications = {
  /** Calls `onNotify` with the run that changed, until the returned function is called. */
  listen(channel: Channel, onNotify: (run: RunId) => void): Promise<() => Promise<void>>;
  /** Tells every listener of the channel, in every process. */
  notify(channel: Channel, run: RunId): Promise<void>;
};

/** Notifications over the pool `sql`, which listens on a connection of its own. */
export function notifications(sql: Database): Notifications {
  return {
    async listen(channel, onNotify) {
      let stopped = false;
      const listening = await sql.listen(channel, (run) => {
        if (!stopped) onNotify(run);
      });
      // Not awaited: a database that is away answers nothing, and must not keep anybody from closing.
      return async () => {
        stopped = true;
        listening.unlisten().catch(() => undefined);
      };
    },
    notify: (channel, run) => (channel === "jobs" ? notifyJobs(sql, run) : notifyRuns(sql, run)),
  };
}

/** Says that a job of the run waits for a worker; inside a transaction, when that commits. */
export async function notifyJobs(sql: Queryable, run: RunId): Promise<void> {
  await sql`/* notify-jobs */ select pg_notify('jobs', ${run})`;
}

/** Says that rows of the run changed; inside a transaction, when that commits. */
export async function notifyRuns(sql: Queryable, run: RunId): Promise<void> {
  await sql`/* notify-runs */ select pg_notify('runs', ${run})`;
}
