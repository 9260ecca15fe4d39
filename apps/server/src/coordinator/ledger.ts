/**
 * A run's state beside its journal: no step is taken in memory before it is committed. When a commit fails it may
 * have been written all the same, so the journal decides: the state is rebuilt from it and the event tried again.
 */

import { type Runtime, wait } from "@tributary/platform";
import type { Hash } from "@tributary/protocol";
import type { RunEvent, RunRules, RunState } from "@tributary/rounds";
import { type Effects, initialState, replay, resume, step } from "@tributary/rounds";
import type { Storage, StoredRun, Write } from "@tributary/storage";

export type Recorded =
  | { readonly outcome: "committed"; readonly effects: Effects }
  /** The event changes nothing in the state that the run is in. */
  | { readonly outcome: "ignored"; readonly effects: readonly [] }
  /**
   * A commit failed or its place was taken, and in the state that the journal then gave the event changes nothing: it
   * may stand there already. `effects` is what resuming that state asks for.
   */
  | { readonly outcome: "overtaken"; readonly effects: Effects };

export type Ledger = {
  state(): RunState;
  rebuild(): Promise<void>;
  /** As many commits are tried as `attempts` says after each failure; then that failure is thrown. */
  record(
    event: RunEvent,
    writes: (effects: Effects) => readonly Write[],
    attempts: () => number,
  ): Promise<Recorded>;
};

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5000;

export function openLedger(
  storage: Storage,
  run: StoredRun,
  initialSnapshot: Hash,
  rules: RunRules,
  deps: Runtime,
): Ledger {
  let state = initialState(run.plan, initialSnapshot);
  let sequence = 0;

  const rebuild = async () => {
    const events = await storage.journal.read(run.id);
    state = replay(initialState(run.plan, initialSnapshot), events, rules);
    sequence = events.length;
  };

  const record: Ledger["record"] = async (event, writes, attempts) => {
    let resumed: Effects | null = null;
    for (let attempt = 1; ; attempt++) {
      const next = step(state, event, rules);
      if (next.state === state) {
        return resumed === null
          ? { outcome: "ignored", effects: [] }
          : { outcome: "overtaken", effects: resumed };
      }
      try {
        const place = sequence + 1;
        const { outcome } = await storage.journal.commit(run.id, place, event, writes(next.effects));
        if (outcome === "committed") {
          state = next.state;
          sequence = place;
          return { outcome, effects: [...(resumed ?? []), ...next.effects] };
        }
        await rebuild();
        resumed = resume(state);
      } catch (error) {
        deps.log.warn({ run: run.id, event: event.type, attempt, error: String(error) }, "commit failed");
        if (attempt >= attempts()) throw error;
        await wait(deps, Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS));
        resumed = (await rebuilt()) ? resume(state) : resumed;
      }
    }
  };

  const rebuilt = () =>
    rebuild().then(
      () => true,
      () => false,
    );

  return { state: () => state, rebuild, record };
}
