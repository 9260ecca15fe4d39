/** When to try a connection again: exponential backoff with full jitter, capped. */

export const BACKOFF = { baseMs: 500, capMs: 20_000 } as const;

/**
 * Milliseconds to wait before trying again: retryInMs + jitter * min(cap, base * 2^attempt). A server that said
 * when to come back is heeded, and the jitter comes on top, so that those sent away together do not return
 * together.
 *
 * @param attempt 0 for the first try after a connection that worked
 * @param jitter uniform in [0, 1)
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(attempt: number, jitter: number, retryInMs = 0): number {
  return Math.round(
    retryInMs + jitter * Math.min(BACKOFF.capMs, BACKOFF.baseMs * 2 ** Math.min(attempt, 30)),
  );
}
