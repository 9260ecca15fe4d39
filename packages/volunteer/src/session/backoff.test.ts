import fc from "fast-check";
import { expect, test } from "vitest";
import { BACKOFF, backoffMs } from "./backoff.ts";

test("[V33] the wait before a try is at least what the server asked and at most that plus the capped backoff", () => {
  let capped = 0;
  fc.assert(
    fc.property(
      fc.nat(60),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.nat(100_000),
      (attempt, jitter, retryInMs) => {
        const ms = backoffMs(attempt, jitter, retryInMs);
        const ceiling = Math.min(BACKOFF.capMs, BACKOFF.baseMs * 2 ** attempt);
        if (ceiling === BACKOFF.capMs) capped += 1;
        expect(ms).toBeGreaterThanOrEqual(retryInMs);
        expect(ms).toBeLessThanOrEqual(retryInMs + ceiling);
      },
    ),
    { seed: 1 },
  );
  expect(capped).toBeGreaterThan(20);
});
