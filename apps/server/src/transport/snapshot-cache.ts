import type { Hash } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";

/** Snapshots and control variates in memory. Bytes under a hash never change, so one copy serves every volunteer. */
export type SnapshotCache = {
  /** The bytes under a hash of the run, for every caller the same copy; null: the run has none that volunteers may read. */
  bytes(run: string, hash: Hash): Promise<Uint8Array | null>;
};

const SNAPSHOTS_KEPT = 4;

/** Reads each hash once and keeps those that were asked for last. */
export function createSnapshotCache(storage: Storage): SnapshotCache {
  const known = new Map<string, Promise<Uint8Array | null>>();
  const trim = () => {
    for (const oldest of known.keys()) if (known.size > SNAPSHOTS_KEPT) known.delete(oldest);
  };
  return {
    bytes(run, hash) {
      const key = `${run} ${hash}`;
      const bytes = known.get(key) ?? read(storage, run, hash);
      known.delete(key);
      known.set(key, bytes);
      const forget = () => known.delete(key);
      // Only a snapshot that is there displaces another one: anybody may ask for any hash.
      bytes.then((found) => (found === null ? forget() : trim()), forget);
      return bytes;
    },
  };
}

async function read(storage: Storage, run: string, hash: Hash): Promise<Uint8Array | null> {
  const snapshot = await storage.snapshots.byHash(run, hash);
  if (snapshot !== null) return snapshot.parameters;
  const vector = await storage.strategyStates.byHash(run, hash);
  // Volunteers may read the control variate; the rest of a strategy's state stays on the server.
  return vector?.name === "control" ? vector.vector : null;
}
