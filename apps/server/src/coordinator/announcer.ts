import type { RunActivity } from "@tributary/protocol";
import { createListeners } from "./listeners.ts";
import type { Roster } from "./roster.ts";
import type { Timers } from "./timers.ts";

export type Announcer = {
  /** Something changed: volunteers hear of the activity where it is another one, listeners are called. */
  announce(): void;
  /** Returns the way to stop. */
  onChange(listener: () => void): () => void;
};

/** Changes within this time are told together, so that a large cohort's reports do not multiply. */
const GATHER_MS = 20;

/** Tells of a run's changes, a little later. `rounds`: of the plan. */
export function createAnnouncer(options: {
  readonly rounds: number;
  readonly activity: () => RunActivity;
  readonly roster: Roster;
  readonly timers: Timers;
}): Announcer {
  const listeners = createListeners();
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
    listeners.call();
  };
  return {
    announce() {
      if (gathering) return;
      gathering = true;
      options.timers.later(GATHER_MS, tell);
    },
    onChange: listeners.add,
  };
}
