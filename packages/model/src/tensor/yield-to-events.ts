// Dedicated workers have setTimeout, Node has both; neither belongs to the ES library.
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare const setTimeout: (callback: () => void, delayMs: number) => unknown;

/**
 * Resolves when timers, sockets and messages have had their turn. `tf.nextFrame` would not do: animation frames stop in
 * hidden pages.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "undefined") setTimeout(resolve, 0);
    else setImmediate(resolve);
  });
}
