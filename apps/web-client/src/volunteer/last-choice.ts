/** Remembers the run and shard that this browser last trained, so that a reload can offer to continue. */
import type { PageStorage } from "./page-storage.ts";

/** `shard`: null for a folder of the volunteer's own. */
export type LastChoice = { readonly run: string; readonly shard: number | null };

const key = "tributary.last-choice";

export function rememberChoice(storage: PageStorage, choice: LastChoice): void {
  try {
    storage.setItem(key, JSON.stringify(choice));
  } catch {
    // Storage is full or forbidden: the page works without its memory.
  }
}

export function forgetChoice(storage: PageStorage): void {
  try {
    storage.removeItem(key);
  } catch {
    // Storage is forbidden: nothing was remembered.
  }
}

/** Null when nothing readable is remembered. */
export function recallChoice(storage: Pick<PageStorage, "getItem">): LastChoice | null {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? "null");
    return isChoice(value) ? value : null;
  } catch {
    return null;
  }
}

function isChoice(value: unknown): value is LastChoice {
  if (typeof value !== "object" || value === null) return false;
  const { run, shard } = value as Readonly<Record<string, unknown>>;
  return typeof run === "string" && (shard === null || Number.isInteger(shard));
}
