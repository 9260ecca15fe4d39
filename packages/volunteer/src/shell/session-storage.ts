/** What the session keeps between visits, over the injected store: who the volunteer is, and its finished update. */
import { decodeRecord, encodeRecord, Welcome } from "@tributary/protocol";
import { type Static, Type } from "typebox";
import type { FinishedUpdate } from "../training/finished-update.ts";
import type { SessionStore } from "../types.ts";
import { decodeStoredUpdate, encodeStoredUpdate } from "./stored-update.ts";

const Identity = Type.Object(
  { version: Type.Literal(1), resumeToken: Welcome.properties.resumeToken },
  { additionalProperties: false },
);
type Identity = Static<typeof Identity>;

/** Nothing here rejects. A store that fails costs what a reload would have brought back, never the session. */
export type SessionStorage = {
  load(): Promise<{ readonly resumeToken: string | null; readonly update: FinishedUpdate | null }>;
  saveIdentity(resumeToken: string): void;
  /** Resolves when the update is stored, or could not be. */
  saveUpdate(update: FinishedUpdate): Promise<void>;
  /** Removes the update when `settled` has resolved. If it rejects, the next visit finds the update again. */
  forgetUpdate(settled: Promise<void>): void;
  /** Resolves when everything asked for so far is done. */
  settled(): Promise<void>;
};

/** Makes one write after the other, in the order of the calls. */
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
      const [identity, update] = await Promise.all([read(store, identityKey), read(store, updateKey)]);
      return {
        resumeToken: identity && (decodeRecord(Identity, identity)?.resumeToken ?? null),
        update: update && decodeStoredUpdate(update),
      };
    },
    saveIdentity(resumeToken) {
      const identity: Identity = { version: 1, resumeToken };
      void inTurn(() => store.save(identityKey, encodeRecord(identity)));
    },
    saveUpdate: (update) => inTurn(() => store.save(updateKey, encodeStoredUpdate(update))),
    forgetUpdate(settled) {
      const outcome = outcomeOf(settled);
      void inTurn(async () => {
        if (await outcome) await store.remove(updateKey);
      });
    },
    settled: () => last,
  };
}

function read(store: SessionStore, key: string): Promise<Uint8Array | null> {
  return store.load(key).catch(() => null);
}

/**
 * Whether the promise resolves. It is listened to at once, since a rejection before its turn would count as
 * unhandled.
 */
function outcomeOf(promise: Promise<void>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
