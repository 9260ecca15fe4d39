/**
 * Keeps several tabs of one browser apart. Each holds a slot of its own for as long as it lives, and finds it
 * again after a reload, so that two tabs never come back to the server as the same volunteer.
 */
import type { SessionStore } from "@tributary/volunteer";
import { storageOrMemory } from "./page-storage.ts";

/** Slots that this page holds: whoever stops and starts again goes on in the same one. */
const claimed = new Map<string, Promise<string>>();

/** A prefix for the store's keys that no other open tab has. `stream` names the data: "shard-2", "own". */
export function claimSlot(stream: string): Promise<string> {
  const slot = claimed.get(stream) ?? firstFree(stream);
  claimed.set(stream, slot);
  return slot;
}

export function withPrefix(store: SessionStore, prefix: string): SessionStore {
  return {
    load: (key) => store.load(`${prefix}/${key}`),
    save: (key, value) => store.save(`${prefix}/${key}`, value),
    remove: (key) => store.remove(`${prefix}/${key}`),
  };
}

async function firstFree(stream: string): Promise<string> {
  const ofThisTab = () => `${stream}/tab-${tabId()}`;
  if (navigator.locks === undefined) return ofThisTab();
  try {
    for (let slot = 0; ; slot++) {
      const name = `${stream}/slot-${slot}`;
      if (await held(name)) return name;
    }
  } catch {
    // Locks go with storage: where that is forbidden a request for one is refused.
    return ofThisTab();
  }
}

/** Takes the lock for the rest of the page's life; false while another tab holds it. Rejects where locks are forbidden. */
function held(name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`tributary/${name}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => {});
      })
      .catch(reject);
  });
}

function tabId(): string {
  const key = "tributary.tab";
  const storage = storageOrMemory(() => sessionStorage);
  const known = storage.getItem(key);
  if (known !== null) return known;
  const made = Math.random().toString(36).slice(2);
  try {
    storage.setItem(key, made);
  } catch {
    // Full: the tab then is another volunteer after a reload.
  }
  return made;
}
