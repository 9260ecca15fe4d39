/** Functions that are called together, in the order in which they came. */
export type Listeners<Arguments extends readonly unknown[]> = {
  /** Returns the way to stop. */
  add(listener: (...args: Arguments) => void): () => void;
  call(...args: Arguments): void;
};

/** An empty set of listeners. */
export function createListeners<Arguments extends readonly unknown[]>(): Listeners<Arguments> {
  const listeners = new Set<(...args: Arguments) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    call(...args) {
      for (const listener of listeners) listener(...args);
    },
  };
}
