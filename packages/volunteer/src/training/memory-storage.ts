/** A client's exported memory between visits, over the injected store. */
import type { SessionStore } from "../types.ts";

export type MemoryStorage = {
  /** Null: nothing is kept. */
  load(): Promise<Uint8Array | null>;
  /** Takes the place of what was kept; null: nothing. Resolves once it is written, or cannot be. */
  save(memory: Uint8Array | null): Promise<void>;
};

/** A store that fails costs a warm start after a reload, nothing else. */
export function createMemoryStorage(store: SessionStore, run: string): MemoryStorage {
  const key = `${run}/memory`;
  return {
    load: () => store.load(key).catch(() => null),
    save: (memory) => (memory === null ? store.remove(key) : store.save(key, memory)).catch(() => undefined),
  };
}
