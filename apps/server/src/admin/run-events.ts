/**
 * Server-sent events of one run: its whole detail, once at the start and after each change, at most every
 * `leastGapMs`. A slow reader misses states in between, never the newest one.
 */
import { PassThrough } from "node:stream";
import type { RunDetail } from "@tributary/protocol";

export type RunEventsOptions = {
  readonly detail: () => Promise<RunDetail>;
  /** Calls back after every change, in memory or in the database; returns the way to stop. */
  readonly subscribe: (onChange: () => void) => () => void;
  readonly onError: (error: unknown) => void;
  readonly leastGapMs?: number;
  readonly heartbeatMs?: number;
};

/** The stream ends when its reader goes or `destroy` is called on it; all timers end with it. */
export function openRunEvents(options: RunEventsOptions): PassThrough {
  const { leastGapMs = 500, heartbeatMs = 15_000 } = options;
  const stream = new PassThrough();
  let changed = true;
  let sending = false;

  const send = async (): Promise<void> => {
    if (sending || !changed || stream.destroyed || stream.writableNeedDrain) return;
    sending = true;
    changed = false;
    try {
      const detail = await options.detail();
      if (!stream.destroyed) stream.write(`event: run\ndata: ${JSON.stringify(detail)}\n\n`);
    } catch (error) {
      changed = true;
      options.onError(error);
    } finally {
      sending = false;
    }
  };

  const unsubscribe = options.subscribe(() => {
    changed = true;
  });
  // One clock sends what changed since its last tick: the rate is bounded, and the last change is never lost.
  const pace = setInterval(() => void send(), leastGapMs);
  const heartbeat = setInterval(() => {
    if (!stream.destroyed && !stream.writableNeedDrain) stream.write(": still here\n\n");
  }, heartbeatMs);
  stream.on("close", () => {
    clearInterval(pace);
    clearInterval(heartbeat);
    unsubscribe();
  });
  stream.write("retry: 2000\n\n");
  void send();
  return stream;
}
