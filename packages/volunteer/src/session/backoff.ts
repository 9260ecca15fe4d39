/** How long to wait before the next try to connect: exponential backoff with full jitter, capped. */

/** `baseMs` bounds the first wait, `capMs` every wait; a time that the server named comes on top. */
export const BACKOFF = { baseMs: 500, capMs: 20_000 } as const;

/**
 * Milliseconds to wait before the next try: retryInMs + jitter * min(cap, base * 2^attempt). The jitter comes on top
 * of the time that the server named, so that volunteers that were sent away together do not return together.
 *
 * @param attempt 0 for the first try after a connection that worked
 * @param jitter uniform in [0, 1)
 * @param retryInMs the time that the server named, 0 for none
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(attempt: number, jitter: number, retryInMs = 0): number {
  return Math.round(
    retryInMs + jitter * Math.min(BACKOFF.capMs, BACKOFF.baseMs * 2 ** Math.min(attempt, 30)),
  );
}
