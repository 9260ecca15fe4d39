import type { Plan, RunId } from "@tributary/protocol";
import { type Database, json } from "./database.ts";
import { notifyRuns } from "./notifications.ts";
import { type SnapshotInput, storeSnapshot } from "./snapshots.ts";

/** A run as it was created. Its state is not stored: it follows from the journal. */
export type StoredRun = {
  readonly id: RunId;
  readonly name: string;
  readonly plan: Plan;
  readonly createdAt: Date;
};

/** Runs and their plans. */
export type RunStorage = {
  /** Creates run, initial snapshot (round 0) and an empty journal, in one transaction. Throws where the id is taken. */
  create(run: { id: RunId; name: string; plan: Plan; initial: SnapshotInput }): Promise<void>;
  find(run: RunId): Promise<StoredRun | null>;
  /** Oldest first. */
  list(): Promise<readonly StoredRun[]>;
};

/** The runs on `sql`. */
export function runStorage(sql: Database): RunStorage {
  return {
    async create({ id: run, name, plan, initial }) {
      await sql.begin(async (transaction) => {
        await transaction`
          /* create-run */
          insert into runs (run, name, plan) values (${run}, ${name}, ${json(transaction, plan)})`;
        await storeSnapshot(transaction, run, 0, "initial", initial);
        await notifyRuns(transaction, run);
      });
    },
    async find(run) {
      const [row] = await sql<StoredRun[]>`
        /* find-run */
        select run as id, name, plan, created_at as "createdAt" from runs where run = ${run}`;
      return row ?? null;
    },
    async list() {
      return sql<StoredRun[]>`
        /* list-runs */
        select run as id, name, plan, created_at as "createdAt" from runs order by created_at, run`;
    },
  };
}
