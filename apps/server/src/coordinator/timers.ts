import type { Runtime } from "@tributary/platform";

/** Timers that end together; once closed, none begins. */
export type Timers = {
  later(ms: number, action: () => void): void;
  close(): void;
};

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
