import type { Plan } from "@tributary/protocol";
import { type Database, json } from "./database.ts";
import { storeSnapshot } from "./snapshots.ts";
import type { Storage, StoredRun } from "./storage.ts";

export function runStorage(sql: Database): Storage["runs"] {
  return {
    async create({ id: run, name, plan, initial }) {
      await sql.begin(async (transaction) => {
        await transaction`insert into runs (run, name, plan) values (${run}, ${name}, ${json(transaction, plan)})`;
        await storeSnapshot(transaction, run, 0, "initial", initial);
        await transaction.notify("runs", run);
      });
    },
    async find(run) {
      const [row] = await sql<RunRecord[]>`select run, name, plan, created_at from runs where run = ${run}`;
      return row === undefined ? null : storedRun(row);
    },
    async list() {
      const rows = await sql<
        RunRecord[]
      >`select run, name, plan, created_at from runs order by created_at, run`;
      return rows.map(storedRun);
    },
  };
}

type RunRecord = {
  readonly run: string;
  readonly name: string;
  readonly plan: Plan;
  readonly created_at: Date;
};

function storedRun(row: RunRecord): StoredRun {
  return { id: row.run, name: row.name, plan: row.plan, createdAt: row.created_at };
}
