import type { Runtime } from "@tributary/platform";

/** Timers that end together; once closed, none begins. */
export type Timers = {
  /** Runs `action` once after `ms`, at once where that is not positive. */
  later(ms: number, action: () => void): void;
  /** Cancels those that still wait. */
  close(): void;
};

/** An empty set of timers, which run by `deps.after`. */
export function createTimers(deps: Runtime): Timers {
  const cancels = new Set<() => void>();
  let closed = false;
  return {
    later(ms, action) {
      if (closed) return;
      const cancel = deps.after(Math.max(0, ms), () => {
        cancels.delete(cancel);
        action();
      });
      cancels.add(cancel);
    },
    close() {
      closed = true;
      for (const cancel of cancels) cancel();
    },
  };
}
