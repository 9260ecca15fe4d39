import type { RunActivity } from "@tributary/protocol";
import type { RunState } from "@tributary/rounds";
import type { ConnectedVolunteer, LiveRun } from "./live-runs.ts";
import type { Member } from "./roster.ts";

/** The part of a run that the dashboard shows and no database holds. `nowMs`: the time of day. */
export function liveView(
  state: RunState,
  activity: RunActivity,
  members: Iterable<Member>,
  nowMs: number,
): LiveRun {
  return { activity, volunteers: [...members].map(connectedOf), open: openRound(state, activity, nowMs) };
}

function connectedOf({ volunteer, examples, training }: Member): ConnectedVolunteer {
  return { volunteer, training, available: examples !== null, examples: examples ?? 0 };
}

function openRound(state: RunState, activity: RunActivity, nowMs: number): LiveRun["open"] {
  if (state.phase !== "collecting" || activity.state !== "collecting") return null;
  const { round, cohort, received } = state;
  const deadlineAtMs = nowMs + activity.deadlineInMs;
  return { round, asked: [...cohort], reported: [...received.keys()], deadlineAtMs };
}
