/** What the page asks of `localStorage` and `sessionStorage`. */
export type PageStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The storage that `find` gives; where the browser forbids it, one that lasts as long as the page. */
export function storageOrMemory(find: () => PageStorage | null | undefined): PageStorage {
  try {
    return find() ?? memoryStorage();
  } catch {
    return memoryStorage();
  }
}

function memoryStorage(): PageStorage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
