/** Removes all that this site has stored in this browser: data, identity, the client's memory, choices. */
import { KEPT_DATABASE } from "../data/kept-data.ts";
import { withinTime } from "../data/time-limit.ts";
import { reasonOf } from "../reason-of.ts";
import { SESSION_DATABASE } from "./store.ts";

const OURS = "tributary";
const SILENCE_MS = 10_000;

/** What could not be removed, in words; empty: everything is gone. Never rejects. */
export async function forgetEverything(): Promise<readonly string[]> {
  const databases = [SESSION_DATABASE, KEPT_DATABASE].map(async (name) => {
    await withinTime(removed(name), SILENCE_MS, "the browser's storage does not answer");
  });
  const storages = [() => localStorage, () => sessionStorage].map(async (find) => emptied(find()));
  const outcomes = await Promise.allSettled([...databases, ...storages]);
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [] : [reasonOf(outcome.reason)]));
}

function removed(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error(`${name} cannot be removed`));
    request.onblocked = () =>
      reject(new Error("another tab of this site is at work: close it and try again"));
  });
}

/** Only our own keys: other pages of the same address keep theirs. */
function emptied(storage: Storage): void {
  const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "");
  for (const key of keys) if (key.startsWith(`${OURS}.`)) storage.removeItem(key);
}
