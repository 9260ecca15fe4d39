import type { RoundDeps } from "./round-deps.ts";

/** Timers that end together. */
export type Timers = {
  later(ms: number, action: () => void): void;
  close(): void;
};

export function createTimers(deps: RoundDeps): Timers {
  const cancels = new Set<() => void>();
  return {
    later(ms, action) {
      const cancel = deps.after(Math.max(0, ms), () => {
        cancels.delete(cancel);
        action();
      });
      cancels.add(cancel);
    },
    close() {
      for (const cancel of cancels) cancel();
    },
  };
}
