import type { RunId } from "@tributary/protocol";
import type { RunEvent } from "@tributary/rounds";
import { type Database, json, type Queryable } from "./database.ts";
import type { JobWrite } from "./job.ts";
import { cancelSynthesis, enqueueJob } from "./jobs.ts";
import { notifyRuns } from "./notifications.ts";
import { closeRound, dropVolunteer, openRound, type RoundWrite } from "./rounds.ts";
import { type SnapshotWrite, storeSnapshot } from "./snapshots.ts";
import { type StrategyStateWrite, storeStrategyState } from "./strategy-states.ts";
import { recordUpdate, type UpdateWrite } from "./updates.ts";

/** What an event writes beside its journal entry, in the same transaction. */
export type Write = RoundWrite | UpdateWrite | SnapshotWrite | StrategyStateWrite | JobWrite;

/** `superseded`: another coordinator has written this place in the journal, so this one must stop leading the run. */
export type CommitOutcome = { readonly outcome: "committed" } | { readonly outcome: "superseded" };

/** The events of a run's round machine, in order. */
export type JournalStorage = {
  /** Entries in order; the first has sequence 1. */
  read(run: RunId): Promise<readonly RunEvent[]>;
  /**
   * Appends `event` at `sequence` and performs `writes` in their order, all or nothing. Throws, having written
   * nothing, where a write contradicts what is stored: an update of a volunteer that was not asked or has
   * reported, a round opened or closed twice, another snapshot for the same round and kind, a second strategy state.
   * An `enqueue-job` of a job that exists already changes nothing.
   */
  commit(run: RunId, sequence: number, event: RunEvent, writes: readonly Write[]): Promise<CommitOutcome>;
};

/** The journals on `sql`. */
export function journalStorage(sql: Database): JournalStorage {
  return {
    async read(run) {
      const rows = await sql<{ event: RunEvent }[]>`
        /* read-journal */
        select event from journal where run = ${run} order by sequence`;
      return rows.map((row) => row.event);
    },
    async commit(run, sequence, event, writes) {
      return sql.begin(async (transaction): Promise<CommitOutcome> => {
        if (!(await append(transaction, run, sequence, event))) return { outcome: "superseded" };
        for (const write of writes) await perform(transaction, run, write);
        await notifyRuns(transaction, run);
        return { outcome: "committed" };
      });
    },
  };
}

/**
 * Appends at exactly `sequence`; false when the place is taken. Of two transactions that append at the same
 * place, the second waits for the first to end. A gap throws: it would make the journal unreadable.
 */
async function append(sql: Queryable, run: RunId, sequence: number, event: RunEvent): Promise<boolean> {
  const inserted = await sql`
    /* append-to-journal */
    insert into journal (run, sequence, event) values (${run}, ${sequence}, ${json(sql, event)})
    on conflict (run, sequence) do nothing`;
  if (inserted.count === 0) return false;
  if (sequence === 1) return true;
  const before = await sql`
    /* find-entry-before */
    select from journal where run = ${run} and sequence = ${sequence - 1}`;
  if (before.count === 0) throw new Error(`journal of run ${run} has no entry before ${sequence}`);
  return true;
}

async function perform(sql: Queryable, run: RunId, write: Write): Promise<void> {
  switch (write.type) {
    case "open-round":
      return openRound(sql, run, write);
    case "record-update":
      return recordUpdate(sql, run, write);
    case "drop-volunteer":
      return dropVolunteer(sql, run, write);
    case "close-round":
      return closeRound(sql, run, write);
    case "store-snapshot":
      return storeSnapshot(sql, run, write.round, write.kind, write.snapshot);
    case "store-strategy-state":
      return storeStrategyState(sql, run, write);
    case "enqueue-job":
      return enqueueJob(sql, run, write.job);
    case "cancel-synthesis":
      return cancelSynthesis(sql, run, write.reason);
    default:
      return write satisfies never;
  }
}
