/**
 * The one store. Everything that must survive a kill goes through `journal.commit`, which writes a journal entry and
 * what it implies in one transaction; everything that a second process must see goes through Postgres too.
 * Everything that speaks SQL is in this folder, one file per noun: its types, its door and its statements. Each
 * statement begins with its name as a comment, so that logs and pg_stat_activity say which one it is.
 */
import { type AuditStorage, auditStorage, type TokenStorage, tokenStorage } from "./administration.ts";
import { connect } from "./database.ts";
import type { JobStorage } from "./job.ts";
import { jobStorage } from "./jobs.ts";
import { type JournalStorage, journalStorage } from "./journal.ts";
import { type Leadership, openLeadership } from "./leadership.ts";
import { migrate } from "./migrate.ts";
import { type Notifications, notifications } from "./notifications.ts";
import { type RoundStorage, roundStorage } from "./rounds.ts";
import { type RunStorage, runStorage } from "./runs.ts";
import { type SnapshotStorage, snapshotStorage } from "./snapshots.ts";
import { type StatisticsStorage, statisticsStorage } from "./statistics.ts";
import { type StrategyStateStorage, strategyStateStorage } from "./strategy-states.ts";
import { type SyntheticSetStorage, syntheticSetStorage } from "./synthetic-sets.ts";
import { type TaskStorage, taskStorage } from "./tasks.ts";
import { type UpdateStorage, updateStorage } from "./updates.ts";
import { type VolunteerStorage, volunteerStorage } from "./volunteers.ts";

/** Connections of the pool, besides one for notifications and one for the locks of leadership. */
const POOL_SIZE = 8;

/** Every door to what is stored. All of them throw where the database cannot be reached. */
export type Storage = Notifications &
  Pick<Leadership, "lead"> & {
    readonly tasks: TaskStorage;
    readonly runs: RunStorage;
    readonly statistics: StatisticsStorage;
    readonly journal: JournalStorage;
    readonly rounds: RoundStorage;
    readonly updates: UpdateStorage;
    readonly snapshots: SnapshotStorage;
    readonly strategyStates: StrategyStateStorage;
    readonly syntheticSets: SyntheticSetStorage;
    readonly jobs: JobStorage;
    readonly volunteers: VolunteerStorage;
    readonly tokens: TokenStorage;
    readonly audit: AuditStorage;
    /** Ends every connection after the queries under way, and within 5 s. */
    close(): Promise<void>;
  };

/**
 * Opens the store on a PostgreSQL of version 15 or newer, and applies the migrations that it lacks.
 * Throws when the database cannot be reached or has migrations that this version does not know.
 */
export async function openStorage(options: { readonly databaseUrl: string }): Promise<Storage> {
  const { databaseUrl } = options;
  const sql = connect(databaseUrl, { max: POOL_SIZE, name: "tributary" });
  try {
    await migrate(sql);
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
  const leadership = openLeadership(databaseUrl);
  return {
    ...notifications(sql),
    lead: leadership.lead,
    tasks: taskStorage(sql),
    runs: runStorage(sql),
    statistics: statisticsStorage(sql),
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
    async close() {
      await Promise.all([leadership.close(), sql.end({ timeout: 5 })]);
    },
  };
}
