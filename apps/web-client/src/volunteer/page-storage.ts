/** The methods of `localStorage` and `sessionStorage` that the page uses. */
export type PageStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The storage that `find` returns. Where the browser forbids it, a storage in memory that lasts as long as the page. */
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
