import { createMemoryStore, type SessionStore } from "@tributary/volunteer";
import { openStore } from "./store.ts";
import { claimSlot, withPrefix } from "./store-slot.ts";

/** The part of the browser's store that belongs to this tab and these data. */
export async function openSlot(stream: string): Promise<SessionStore> {
  const [storage, slot] = await Promise.all([
    openStore().catch(() => createMemoryStore()),
    claimSlot(stream),
  ]);
  return withPrefix(storage, slot);
}
