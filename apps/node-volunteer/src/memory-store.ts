import type { SessionStore } from "@tributary/volunteer";

/** Lives as long as the process. */
export function createMemoryStore(): SessionStore {
  const values = new Map<string, Uint8Array>();
  return {
    load: async (key) => values.get(key) ?? null,
    save: async (key, value) => void values.set(key, value),
    remove: async (key) => void values.delete(key),
  };
}
