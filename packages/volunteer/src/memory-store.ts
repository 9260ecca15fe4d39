import type { SessionStore } from "./types.ts";

/** A store that lasts as long as the page or the process. It keeps everything in `values`. */
export function createMemoryStore(values = new Map<string, Uint8Array>()): SessionStore {
  return {
    load: async (key) => values.get(key) ?? null,
    save: async (key, value) => void values.set(key, value),
    remove: async (key) => void values.delete(key),
  };
}
