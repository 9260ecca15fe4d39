/** When to try a connection again: exponential backoff with full jitter, capped. */

export const BACKOFF = { baseMs: 500, capMs: 20_000 } as const;

/**
 * Milliseconds to wait before the given attempt: u * min(cap, base * 2^attempt), u uniform in [0, 1).
 * A server that said when to come back is heeded: the result is never below `retryInMs`, and the jitter
 * comes on top of it, so that those sent away together do not return together.
 *
 * @param attempt 0 for the first try after a connection that worked
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015.
 */
export function backoffMs(attempt: number, random: () => number, retryInMs: number | null = null): number {
  const ceiling = Math.min(BACKOFF.capMs, BACKOFF.baseMs * 2 ** Math.min(attempt, 30));
  return Math.round((retryInMs ?? 0) + random() * ceiling);
}
