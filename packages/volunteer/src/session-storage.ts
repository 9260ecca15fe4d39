/** What a session keeps between visits, over the injected store: one write at a time, in order. */
import {
  decodeStoredUpdate,
  decodeText,
  encodeStoredUpdate,
  encodeText,
  type StoredUpdate,
} from "./stored-update.ts";
import type { SessionStore } from "./types.ts";

export type SessionStorage = {
  load(): Promise<{ readonly resumeToken: string | null; readonly update: StoredUpdate | null }>;
  saveIdentity(resumeToken: string): void;
  /** Resolves once the update is stored, or cannot be. */
  saveUpdate(update: StoredUpdate): Promise<void>;
  /** Removes the update once `settled` has resolved; if it rejects, the next visit finds the update again. */
  forgetUpdate(settled: Promise<void>): void;
  /** When everything asked for so far is done. */
  settled(): Promise<void>;
};

/** A store that fails costs what a reload would have brought back, never the session. */
export function createSessionStorage(store: SessionStore, run: string): SessionStorage {
  const identityKey = `${run}/identity`;
  const updateKey = `${run}/update`;
  let last: Promise<void> = Promise.resolve();
  const inTurn = (write: () => Promise<void>): Promise<void> => {
    last = last.then(write).catch(() => undefined);
    return last;
  };
  return {
    async load() {
      const [identity, update] = await Promise.all(
        [identityKey, updateKey].map((key) => store.load(key).catch(() => null)),
      );
      return {
        resumeToken: identity ? decodeText(identity) || null : null,
        update: update ? decodeStoredUpdate(update) : null,
      };
    },
    saveIdentity: (resumeToken) => void inTurn(() => store.save(identityKey, encodeText(resumeToken))),
    saveUpdate: (update) => inTurn(() => store.save(updateKey, encodeStoredUpdate(update))),
    forgetUpdate(settled) {
      // Heeded now: a rejection that nobody has heard of while earlier writes are made would count as unhandled.
      const heeded = settled.then(
        () => true,
        () => false,
      );
      void inTurn(async () => {
        if (await heeded) await store.remove(updateKey);
      });
    },
    settled: () => last,
  };
}
