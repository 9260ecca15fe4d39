import type { RunEvent } from "@tributary/rounds";
import { type Database, json, type Queryable } from "./database.ts";
import { cancelSynthesis, enqueueJob } from "./jobs.ts";
import { closeRound, dropVolunteer, openRound } from "./rounds.ts";
import { storeSnapshot } from "./snapshots.ts";
import type { CommitOutcome, Storage, Write } from "./storage.ts";
import { storeStrategyState } from "./strategy-states.ts";
import { recordUpdate } from "./updates.ts";

export function journalStorage(sql: Database): Storage["journal"] {
  return {
    async read(run) {
      const rows = await sql<{ event: RunEvent }[]>`
        select event from journal where run = ${run} order by sequence`;
      return rows.map((row) => row.event);
    },
    async commit(run, sequence, event, writes) {
      return sql.begin(async (transaction): Promise<CommitOutcome> => {
        if (!(await append(transaction, run, sequence, event))) return { outcome: "superseded" };
        for (const write of writes) await perform(transaction, run, write);
        await transaction.notify("runs", run);
        return { outcome: "committed" };
      });
    },
  };
}

/**
 * Appends at exactly `sequence`; false when the place is taken. Of two transactions that append at the same
 * place, the second waits for the first to end. A gap throws: it would make the journal unreadable.
 */
async function append(sql: Queryable, run: string, sequence: number, event: RunEvent): Promise<boolean> {
  const inserted = await sql`
    insert into journal (run, sequence, event) values (${run}, ${sequence}, ${json(sql, event)})
    on conflict (run, sequence) do nothing`;
  if (inserted.count === 0) return false;
  if (sequence === 1) return true;
  const before = await sql`select from journal where run = ${run} and sequence = ${sequence - 1}`;
  if (before.count === 0) throw new Error(`journal of run ${run} has no entry before ${sequence}`);
  return true;
}

async function perform(sql: Queryable, run: string, write: Write): Promise<void> {
  switch (write.type) {
    case "open-round":
      return openRound(sql, run, write);
    case "record-update":
      return recordUpdate(sql, run, write.update, write.atMs);
    case "drop-volunteer":
      return dropVolunteer(sql, run, write);
    case "close-round":
      return closeRound(sql, run, write);
    case "store-snapshot":
      return storeSnapshot(sql, run, write.round, write.kind, write.snapshot);
    case "store-strategy-state":
      return storeStrategyState(sql, run, write.round, write.vectors);
    case "enqueue-job":
      return enqueueJob(sql, run, write.job);
    case "cancel-synthesis":
      return cancelSynthesis(sql, run, write.reason);
    default:
      return write satisfies never;
  }
}
