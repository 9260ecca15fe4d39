import type { SnapshotKind } from "@tributary/rounds";
import type { Database, Queryable } from "./database.ts";
import type { SnapshotInput, Storage, StoredSnapshot } from "./storage.ts";

export function snapshotStorage(sql: Database): Storage["snapshots"] {
  return {
    async byHash(run, hash) {
      const [row] = await sql<StoredSnapshot[]>`
        select run, round, kind, hash, parameters from snapshots
        where run = ${run} and hash = ${hash}
        order by round, kind limit 1`;
      return row ?? null;
    },
    async list(run) {
      return sql<Omit<StoredSnapshot, "parameters">[]>`
        select run, round, kind, hash from snapshots where run = ${run} order by round, kind`;
    },
    async trajectory(run, round, count) {
      const newestFirst = await sql<StoredSnapshot[]>`
        select distinct on (round) run, round, kind, hash, parameters from snapshots
        where run = ${run} and round <= ${round}
        order by round desc, array_position(array['refined', 'aggregate', 'initial'], kind) limit ${count}`;
      return newestFirst.reverse();
    },
  };
}

/** Stores a model under (run, round, kind). Storing the same again changes nothing; other bytes there throw. */
export async function storeSnapshot(
  sql: Queryable,
  run: string,
  round: number,
  kind: SnapshotKind,
  snapshot: SnapshotInput,
): Promise<void> {
  const [kept] = await sql<{ hash: string }[]>`
    insert into snapshots (run, round, kind, hash, parameters)
    values (${run}, ${round}, ${kind}, ${snapshot.hash}, ${snapshot.parameters})
    on conflict (run, round, kind) do update set kind = excluded.kind
    returning hash`;
  if (kept?.hash !== snapshot.hash) {
    throw new Error(
      `run ${run} already has ${kept?.hash} as the ${kind} snapshot of round ${round}, got ${snapshot.hash}`,
    );
  }
}
