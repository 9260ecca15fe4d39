import type { RunActivity } from "@tributary/protocol";
import { createListeners } from "./listeners.ts";
import type { Roster } from "./roster.ts";
import type { Timers } from "./timers.ts";

export type Announcer = {
  /** Something changed: soon volunteers are told of the activity if it changed too, and listeners are called. */
  announce(): void;
  /** Returns the way to stop. */
  onChange(listener: () => void): () => void;
};

/** Changes within this time are told together, so that a large cohort's reports do not multiply. */
const GATHER_MS = 20;

export type AnnouncerOptions = {
  /** Of the plan. */
  readonly rounds: number;
  readonly activity: () => RunActivity;
  readonly roster: Roster;
  readonly timers: Timers;
};

/** Tells volunteers and listeners of a run's changes, up to 20 ms later. */
export function createAnnouncer(options: AnnouncerOptions): Announcer {
  const listeners = createListeners();
  const tellVolunteers = createActivityTeller(options);
  let isGathering = false;
  const tell = () => {
    isGathering = false;
    tellVolunteers();
    listeners.call();
  };
  return {
    announce() {
      if (isGathering) return;
      isGathering = true;
      options.timers.later(GATHER_MS, tell);
    },
    onChange: listeners.add,
  };
}

/** Tells the activity to all volunteers, if it has changed. */
function createActivityTeller({ rounds, activity: activityNow, roster }: AnnouncerOptions): () => void {
  let lastTold = "";
  return () => {
    const activity = activityNow();
    // The time left changes all the time: that alone is not told.
    const told = JSON.stringify({ ...activity, deadlineInMs: null });
    if (told !== lastTold) roster.broadcast({ type: "activity-changed", rounds, activity });
    lastTold = told;
  };
}
