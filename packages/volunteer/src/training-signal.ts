import type { TrainingSignal } from "./types.ts";

/** An abort signal for where the platform's own is not to be assumed. Listeners are called once. */
export function createTrainingSignal(): { readonly signal: TrainingSignal; abort(reason: unknown): void } {
  const listeners = new Set<() => void>();
  const state: { aborted: boolean; reason: unknown } = { aborted: false, reason: undefined };
  const signal: TrainingSignal = {
    get aborted() {
      return state.aborted;
    },
    get reason() {
      return state.reason;
    },
    throwIfAborted() {
      if (state.aborted) throw state.reason;
    },
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
  return {
    signal,
    abort(reason) {
      if (state.aborted) return;
      state.aborted = true;
      state.reason = reason;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}
