import type { Database, Queryable } from "./database.ts";
import type { Storage, StoredUpdate } from "./storage.ts";

export function updateStorage(sql: Database): Storage["updates"] {
  return {
    // Updates never change once stored, so that the keys can be read first and each delta by itself: no
    // connection is held while the reader works.
    async *stream(run, round) {
      const keys = await sql<{ volunteer: string }[]>`
        select volunteer from updates where run = ${run} and round = ${round} order by volunteer`;
      for (const { volunteer } of keys) {
        const [update] = await sql<StoredUpdate[]>`
          select round, volunteer, update_hash as hash, dtype, delta, examples, loss, accuracy,
            training_ms as "trainingMs"
          from updates join participations using (run, round, volunteer)
          where run = ${run} and round = ${round} and volunteer = ${volunteer}`;
        if (update !== undefined) yield update;
      }
    },
  };
}

/** Stores a delta and marks its volunteer as reported. Throws where the volunteer was not asked, or has reported. */
export async function recordUpdate(
  sql: Queryable,
  run: string,
  update: StoredUpdate,
  atMs: number,
): Promise<void> {
  const { round, volunteer } = update;
  const reported = await sql`
    update participations set outcome = 'reported', update_hash = ${update.hash}, examples = ${update.examples},
      loss = ${update.loss}, accuracy = ${update.accuracy}, training_ms = ${update.trainingMs},
      ended_at = ${new Date(atMs)}
    where run = ${run} and round = ${round} and volunteer = ${volunteer} and outcome <> 'reported'`;
  if (reported.count === 0) throw new Error(`round ${round} of run ${run} expects no update of ${volunteer}`);
  await sql`
    insert into updates (run, round, volunteer, dtype, delta)
    values (${run}, ${round}, ${volunteer}, ${update.dtype}, ${update.delta})`;
  await sql`
    update volunteers set rounds_reported = rounds_reported + 1, last_seen_at = greatest(last_seen_at, now())
    where run = ${run} and volunteer = ${volunteer}`;
}
