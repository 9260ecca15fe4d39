/**
 * Data that a person asked to keep on this device: the network's inputs of one data set for each version of a task, in
 * IndexedDB. The files themselves are not kept.
 */
import type { Dataset } from "@tributary/model";
import { hashOf, type Task } from "@tributary/protocol";

export const KEPT_DATABASE = "tributary-data";
const STORE = "kept";

/**
 * Data for exactly this task: another one may see pictures or columns in another way, or count its classes differently. Its
 * name and version are not enough, for another server at this address may use them for something else.
 */
export function keptKey(task: Task): string {
  const content = new TextEncoder().encode(JSON.stringify(task));
  return `${task.id}/${task.version}/${hashOf(content)}`;
}

/** Keeps `dataset` instead of what was kept for the key; null keeps nothing. Rejects when the browser's room is used up. */
export async function keep(key: string, dataset: Dataset | null): Promise<void> {
  const database = dataset === null ? await openedIfThere() : await opened();
  if (database === null) return;
  if (dataset === null) await inStore(database, "readwrite", (store) => store.delete(key));
  else await inStore(database, "readwrite", (store) => store.put(dataset, key));
}

/** Null: nothing is kept. */
export async function loadKept(key: string): Promise<Dataset | null> {
  const database = await openedIfThere();
  if (database === null) return null;
  return (await inStore<Dataset | undefined>(database, "readonly", (store) => store.get(key))) ?? null;
}

/** Whether something is kept. The data stay where they are. */
export async function isKept(key: string): Promise<boolean> {
  const database = await openedIfThere();
  return database !== null && (await inStore(database, "readonly", (store) => store.count(key))) > 0;
}

/** Closes the database afterwards. */
async function inStore<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(KEPT_DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Null where there is no database: looking must not make one, so that nothing is left after everything is forgotten. */
function openedIfThere(): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(KEPT_DATABASE, 1);
    let isNew = false;
    request.onupgradeneeded = () => {
      isNew = true;
      request.transaction?.abort();
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => (isNew ? resolve(null) : reject(request.error));
  });
}
