// Dedicated workers and Node both have these; neither belongs to the ES library.
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare const setTimeout: (callback: () => void, delayMs: number) => unknown;

/** Lets timers, sockets and messages have their turn. Not `tf.nextFrame`: animation frames stop in hidden pages. */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "undefined") setTimeout(resolve, 0);
    else setImmediate(resolve);
  });
}
