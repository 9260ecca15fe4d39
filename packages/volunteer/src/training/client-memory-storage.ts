/** Keeps a client's exported memory between visits, over the injected store. */
import type { SessionStore } from "../types.ts";

/** The place of one run's client memory. Its calls never reject. */
export type ClientMemoryStorage = {
  /** Null where nothing is kept. */
  load(): Promise<Uint8Array | null>;
  /** Replaces what was kept; null removes it. Resolves when it is written or could not be. */
  save(memory: Uint8Array | null): Promise<void>;
};

/** Over a store that fails, the next visit begins without a memory; nothing else is lost. */
export function createClientMemoryStorage(store: SessionStore, run: string): ClientMemoryStorage {
  const key = `${run}/memory`;
  return {
    load: () => store.load(key).catch(() => null),
    save: (memory) => (memory === null ? store.remove(key) : store.save(key, memory)).catch(() => undefined),
  };
}
