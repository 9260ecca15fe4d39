import type { RunActivity } from "@tributary/protocol";
import type { Roster } from "./roster.ts";
import type { Timers } from "./timers.ts";

export type Announcer = {
  /** Something changed: volunteers hear of the activity where it is another one, listeners are called. */
  announce(): void;
  onChange(listener: () => void): () => void;
};

/** Changes within this time are told together, so that a large cohort's reports do not multiply. */
const GATHER_MS = 20;

export function createAnnouncer(options: {
  readonly rounds: number;
  readonly activity: () => RunActivity;
  readonly roster: Roster;
  readonly timers: Timers;
}): Announcer {
  const listeners = new Set<() => void>();
  let gathering = false;
  let lastTold = "";

  const tell = () => {
    gathering = false;
    const activity = options.activity();
    // The time left changes all the time, and needs no telling.
    const told = JSON.stringify({ ...activity, deadlineInMs: null });
    if (told !== lastTold) {
      options.roster.broadcast({ type: "activity-changed", rounds: options.rounds, activity });
    }
    lastTold = told;
    for (const listener of listeners) listener();
  };
  return {
    announce() {
      if (gathering) return;
      gathering = true;
      options.timers.later(GATHER_MS, tell);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
