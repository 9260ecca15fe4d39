import type { Hash, RunId } from "@tributary/protocol";
import type { SnapshotKind } from "@tributary/rounds";
import type { Database, Queryable } from "./database.ts";

/** Parameters as little-endian float32 bytes, named by the SHA-256 of those bytes. */
export type SnapshotInput = { readonly hash: Hash; readonly parameters: Uint8Array };

/** A model of a run, at its place in the run. */
export type StoredSnapshot = {
  readonly run: RunId;
  /** Round after which this is the model; 0 is the initialisation. */
  readonly round: number;
  readonly kind: SnapshotKind;
  readonly hash: Hash;
  /** Little-endian float32 bytes, in memory of their own. */
  readonly parameters: Uint8Array;
};

/** Keeps a model. The same again changes nothing; other bytes for the same round and kind fail the commit. */
export type SnapshotWrite = {
  readonly type: "store-snapshot";
  readonly round: number;
  readonly kind: SnapshotKind;
  readonly snapshot: SnapshotInput;
};

/** The models of a run. */
export type SnapshotStorage = {
  /** The model with these bytes, at the first place in the run that has them. */
  byHash(run: RunId, hash: Hash): Promise<StoredSnapshot | null>;
  /** All places without their bytes, in order of round and kind. */
  list(run: RunId): Promise<readonly Omit<StoredSnapshot, "parameters">[]>;
  /**
   * The models that the last `count` completed rounds up to `round` ended with, in order: the refined one where there
   * is one, else the aggregate; round 0 ends with the initialisation.
   */
  trajectory(run: RunId, round: number, count: number): Promise<readonly StoredSnapshot[]>;
};

/** The snapshots on `sql`. */
export function snapshotStorage(sql: Database): SnapshotStorage {
  return {
    async byHash(run, hash) {
      const [row] = await sql<StoredSnapshot[]>`
        /* read-snapshot */
        select run, round, kind, hash, parameters from snapshots
        where run = ${run} and hash = ${hash}
        order by round, kind limit 1`;
      return row ?? null;
    },
    async list(run) {
      return sql<Omit<StoredSnapshot, "parameters">[]>`
        /* list-snapshots */
        select run, round, kind, hash from snapshots where run = ${run} order by round, kind`;
    },
    async trajectory(run, round, count) {
      const newestFirst = await sql<StoredSnapshot[]>`
        /* read-trajectory */
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
  run: RunId,
  round: number,
  kind: SnapshotKind,
  snapshot: SnapshotInput,
): Promise<void> {
  const [kept] = await sql<{ hash: string }[]>`
    /* store-snapshot */
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
