/**
 * Keeps the tabs of one browser apart. Each tab holds a slot of its own while it is open, and finds the slot again
 * after a reload, so that two tabs never come back to the server as the same volunteer.
 */
import type { SessionStore } from "@tributary/volunteer";
import { storageOrMemory } from "./page-storage.ts";

/** The slots that this page holds: after a stop, the next start uses the same one. */
const claimed = new Map<string, Promise<string>>();

/** A prefix for the store's keys that no other open tab has. `stream` names the data: "shard-2", "own". */
export function claimSlot(stream: string): Promise<string> {
  const slot = claimed.get(stream) ?? firstFree(stream);
  claimed.set(stream, slot);
  return slot;
}

/** The part of the store whose keys begin with the prefix. */
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
    // A browser that forbids storage refuses locks too.
    return ofThisTab();
  }
}

/** Takes the lock until the page is closed. False while another tab holds it. Rejects where locks are forbidden. */
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
    // Storage is full: after a reload this tab is another volunteer.
  }
  return made;
}
