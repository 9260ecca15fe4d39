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

/** A store that fails costs what a reload would have brought back, never the session: nothing here rejects. */
export type SessionStorage = {
  load(): Promise<{ readonly resumeToken: string | null; readonly update: FinishedUpdate | null }>;
  saveIdentity(resumeToken: string): void;
  /** Resolves once the update is stored, or cannot be. */
  saveUpdate(update: FinishedUpdate): Promise<void>;
  /** Removes the update once `settled` has resolved; if it rejects, the next visit finds the update again. */
  forgetUpdate(settled: Promise<void>): void;
  /** Resolves when everything asked for so far is done. */
  settled(): Promise<void>;
};

/** Writes one after the other, in the order of the calls, so that the store ends with the last one. */
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

/** Whether the promise resolves. Listening at once keeps a rejection that comes before its turn from counting as unhandled. */
function outcomeOf(promise: Promise<void>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
