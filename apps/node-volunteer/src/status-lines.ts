/** What happens to a volunteer, in lines for a terminal. */
import type { VolunteerStatus, VolunteerView } from "@tributary/volunteer";

/** What changed from one view to the next. Batches are left out. */
export function statusLines(before: VolunteerView | null, after: VolunteerView): readonly string[] {
  const lines: string[] = [];
  const trained = after.local.at(-1);
  if (trained !== undefined && trained !== before?.local.at(-1)) {
    const accuracy = trained.accuracy === null ? "" : `, accuracy ${(100 * trained.accuracy).toFixed(1)}%`;
    lines.push(`trained round ${trained.round}: loss ${trained.loss.toFixed(4)}${accuracy}`);
  }
  const { rounds, examples } = after.contribution;
  if (rounds !== (before?.contribution.rounds ?? 0)) {
    lines.push(`update committed: ${rounds} so far, from ${examples} examples`);
  }
  if (after.lastRefusal !== null && after.lastRefusal !== before?.lastRefusal) {
    const { round, reason, detail } = after.lastRefusal;
    lines.push(`update of round ${round} not used: ${reason}, ${detail}`);
  }
  const status = statusWords(after.status);
  if (before === null || status !== statusWords(before.status)) lines.push(status);
  return lines;
}

function statusWords(status: VolunteerStatus): string {
  switch (status.phase) {
    case "connecting":
      return "connecting";
    case "reconnecting":
      return `reconnecting in ${(status.inMs / 1000).toFixed(1)} s (try ${status.attempt}): ${status.cause}`;
    case "waiting":
      return status.activity === null ? "waiting" : `waiting: the run is ${activityWords(status.activity)}`;
    case "downloading":
      return `round ${status.round}: downloading ${sizeWords(status.total)}`;
    case "training":
      return `round ${status.round}: training`;
    case "sending":
      return `round ${status.round}: sending ${sizeWords(status.total)}`;
    case "paused":
    case "stopped":
      return status.phase;
    case "failed":
      return `failed: ${status.reason}`;
    default:
      return status satisfies never;
  }
}

function sizeWords(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function activityWords(activity: NonNullable<VolunteerView["activity"]>): string {
  switch (activity.state) {
    case "waiting":
      return `waiting for volunteers, ${activity.available} of ${activity.needed}`;
    case "collecting":
      return `collecting round ${activity.round}`;
    case "synthesizing":
      return `synthesizing, round ${activity.round}`;
    case "aggregating":
    case "refining":
      return `${activity.state} round ${activity.round}`;
    case "paused":
    case "stopped":
    case "finished":
      return activity.state;
    default:
      return activity satisfies never;
  }
}
