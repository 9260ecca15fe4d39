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
  saveUpdate(update: StoredUpdate): void;
  forgetUpdate(): void;
  /** When everything asked for so far is done. */
  settled(): Promise<void>;
};

/** A store that fails costs what a reload would have brought back, never the session. */
export function createSessionStorage(store: SessionStore, run: string): SessionStorage {
  const identityKey = `${run}/identity`;
  const updateKey = `${run}/update`;
  let last: Promise<void> = Promise.resolve();
  const inTurn = (write: () => Promise<void>): void => {
    last = last.then(write).catch(() => undefined);
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
    saveIdentity: (resumeToken) => inTurn(() => store.save(identityKey, encodeText(resumeToken))),
    saveUpdate: (update) => inTurn(() => store.save(updateKey, encodeStoredUpdate(update))),
    forgetUpdate: () => inTurn(() => store.remove(updateKey)),
    settled: () => last,
  };
}
