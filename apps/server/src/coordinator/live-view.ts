import type { RunActivity } from "@tributary/protocol";
import type { RunState } from "@tributary/rounds";
import type { LiveRun } from "./live-runs.ts";
import type { Member } from "./roster.ts";

/** What the dashboard sees of a run that is in no database. */
export function liveView(state: RunState, activity: RunActivity, members: Iterable<Member>): LiveRun {
  const volunteers = [...members].map(({ volunteer, examples, training }) => ({
    volunteer,
    training,
    available: examples !== null,
    examples: examples ?? 0,
  }));
  return { activity, volunteers, open: openRound(state) };
}

function openRound(state: RunState): LiveRun["open"] {
  if (state.phase !== "collecting") return null;
  const { round, cohort, received, deadlineAtMs } = state;
  return { round, asked: [...cohort], reported: [...received.keys()], deadlineAtMs };
}
