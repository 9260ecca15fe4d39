/** The session's store on IndexedDB: localStorage is too small for a finished update. */
import type { SessionStore } from "@tributary/volunteer";

/** The name of the database. */
export const SESSION_DATABASE = "tributary";
const storeName = "session";

/** Rejects where the browser forbids storage (some private modes); callers fall back to `createMemoryStore`. */
export async function openStore(): Promise<SessionStore> {
  const database = await opened();
  const inStore = <T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const request = ask(transaction.objectStore(storeName));
      // Written means committed: the promise waits for the transaction, not only for its request.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });

  return {
    load: async (key) =>
      (await inStore<Uint8Array | undefined>("readonly", (store) => store.get(key))) ?? null,
    save: async (key, value) => {
      await inStore("readwrite", (store) => store.put(value, key));
    },
    remove: async (key) => {
      await inStore("readwrite", (store) => store.delete(key));
    },
  };
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(SESSION_DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    request.onsuccess = () => {
      const database = request.result;
      // Another tab may forget everything: it must not wait for this one.
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older version of the store"));
  });
}
