import type { Storage, StoredSnapshot } from "@tributary/storage";

/** The model that the run began with. Rejects where there is none. */
export async function initialSnapshot(storage: Storage, run: string): Promise<StoredSnapshot> {
  const listed = (await storage.snapshots.list(run)).find((snapshot) => snapshot.kind === "initial");
  const initial = listed === undefined ? null : await storage.snapshots.byHash(run, listed.hash);
  if (initial === null) throw new Error(`run ${run} has no initial snapshot`);
  return initial;
}
