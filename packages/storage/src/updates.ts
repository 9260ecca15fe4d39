import type { Hash, Measurement, RunId, UpdateDtype, VolunteerId } from "@tributary/protocol";
import { type Database, json, type Queryable } from "./database.ts";

/** What one volunteer sent in one round. */
export type StoredUpdate = {
  readonly round: number;
  readonly volunteer: VolunteerId;
  readonly hash: Hash;
  readonly dtype: UpdateDtype;
  /** The delta, and behind it the control delta where the strategy has one, exactly as they travelled. */
  readonly delta: Uint8Array;
  /** Examples that the volunteer trained on: the weight of this update. */
  readonly examples: number;
  readonly loss: number;
  /** During training; null for a regression. */
  readonly accuracy: number | null;
  /** The snapshot on what the volunteer holds out. */
  readonly evaluation: Measurement | null;
  readonly trainingMs: number;
};

/** Keeps an update and marks its volunteer as reported. Fails where the volunteer was not asked, or has reported. */
export type UpdateWrite = {
  readonly type: "record-update";
  readonly update: StoredUpdate;
  readonly atMs: number;
};

/** The updates that volunteers sent. */
export type UpdateStorage = {
  /** The updates of a round in no promised order, one at a time, so that a cohort never sits in memory whole. */
  stream(run: RunId, round: number): AsyncIterable<StoredUpdate>;
};

/** The updates on `sql`. */
export function updateStorage(sql: Database): UpdateStorage {
  return {
    // Updates never change once stored, so that the keys can be read first and each delta by itself: no
    // connection is held while the reader works.
    async *stream(run, round) {
      const keys = await sql<{ volunteer: string }[]>`
        /* list-updates */
        select volunteer from updates where run = ${run} and round = ${round} order by volunteer`;
      for (const { volunteer } of keys) {
        const [update] = await sql<StoredUpdate[]>`
          /* read-update */
          select round, volunteer, update_hash as hash, dtype, delta, examples, loss, accuracy,
            evaluation, training_ms as "trainingMs"
          from updates join participations using (run, round, volunteer)
          where run = ${run} and round = ${round} and volunteer = ${volunteer}`;
        if (update !== undefined) yield update;
      }
    },
  };
}

/** Stores a delta and marks its volunteer as reported. Throws where the volunteer was not asked, or has reported. */
export async function recordUpdate(sql: Queryable, run: RunId, { update, atMs }: UpdateWrite): Promise<void> {
  const { round, volunteer } = update;
  const reported = await sql`
    /* report-participation */
    update participations set outcome = 'reported', update_hash = ${update.hash}, examples = ${update.examples},
      loss = ${update.loss}, accuracy = ${update.accuracy}, training_ms = ${update.trainingMs},
      evaluation = ${update.evaluation && json(sql, update.evaluation)},
      ended_at = ${new Date(atMs)}
    where run = ${run} and round = ${round} and volunteer = ${volunteer} and outcome <> 'reported'`;
  if (reported.count === 0) throw new Error(`round ${round} of run ${run} expects no update of ${volunteer}`);
  await sql`
    /* store-update */
    insert into updates (run, round, volunteer, dtype, delta)
    values (${run}, ${round}, ${volunteer}, ${update.dtype}, ${update.delta})`;
  await sql`
    /* count-report */
    update volunteers set rounds_reported = rounds_reported + 1, last_seen_at = greatest(last_seen_at, now())
    where run = ${run} and volunteer = ${volunteer}`;
}
