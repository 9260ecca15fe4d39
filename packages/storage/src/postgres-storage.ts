/** The `Storage` on Postgres. Everything that speaks SQL is in this folder. */
import { auditStorage, tokenStorage } from "./administration.ts";
import { connect } from "./database.ts";
import { jobStorage } from "./jobs.ts";
import { journalStorage } from "./journal.ts";
import { openLeadership } from "./leadership.ts";
import { migrate } from "./migrate.ts";
import { roundStorage } from "./rounds.ts";
import { runStorage } from "./runs.ts";
import { snapshotStorage } from "./snapshots.ts";
import type { Storage } from "./storage.ts";
import { strategyStateStorage } from "./strategy-states.ts";
import { syntheticSetStorage } from "./synthetic-sets.ts";
import { updateStorage } from "./updates.ts";
import { volunteerStorage } from "./volunteers.ts";

/**
 * Opens the store on a PostgreSQL of version 15 or newer, and applies the migrations that it lacks.
 * Throws when the database cannot be reached or has migrations that this version does not know.
 */
export async function openStorage(options: { readonly databaseUrl: string }): Promise<Storage> {
  const { databaseUrl } = options;
  const sql = connect(databaseUrl, { max: 8, name: "tributary" });
  try {
    await migrate(sql);
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
  const leadership = openLeadership(databaseUrl);

  return {
    runs: runStorage(sql),
    journal: journalStorage(sql),
    rounds: roundStorage(sql),
    updates: updateStorage(sql),
    snapshots: snapshotStorage(sql),
    strategyStates: strategyStateStorage(sql),
    syntheticSets: syntheticSetStorage(sql),
    jobs: jobStorage(sql),
    volunteers: volunteerStorage(sql),
    tokens: tokenStorage(sql),
    audit: auditStorage(sql),
    lead: leadership.lead,
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
    async notify(channel, run) {
      await sql.notify(channel, run);
    },
    async close() {
      await Promise.all([leadership.close(), sql.end({ timeout: 5 })]);
    },
  };
}
