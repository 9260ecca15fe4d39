/** The status line: what happens now, in words, from the view of the session. */
import type { RunActivity } from "@tributary/protocol";
import type { VolunteerView } from "@tributary/volunteer";
import { formatBytes, plural } from "../ui/format.ts";

/** `progress`: 0..1 where there is an amount to show. */
export type StatusWords = { readonly text: string; readonly progress: number | null };

export function statusWords(status: VolunteerView["status"]): StatusWords {
  switch (status.phase) {
    case "connecting":
      return words("connecting");
    case "reconnecting":
      return words(`reconnecting in ${Math.max(0, Math.ceil(status.inMs / 1000))} s (${status.cause})`);
    case "waiting":
      return status.activity === null ? words("connected") : activityWords(status.activity);
    case "downloading":
      return words(
        `fetching the model of round ${status.round}, ${formatBytes(status.received)} of ${formatBytes(status.total)}`,
        share(status.received, status.total),
      );
    case "training":
      if (status.batches === 0) return words(`training round ${status.round}`);
      return words(
        `training round ${status.round}, batch ${status.batch} of ${status.batches}`,
        share(status.batch, status.batches),
      );
    case "sending":
      return words(
        `sending what this device learned in round ${status.round}`,
        share(status.sent, status.total),
      );
    case "paused":
      return words("paused: this device is not asked until you resume");
    case "stopped":
      return words("stopped");
    case "failed":
      return words(`ended: ${status.reason}`);
    default:
      return status satisfies never;
  }
}

/** What the run does while this volunteer has nothing to do. */
export function activityWords(activity: RunActivity): StatusWords {
  switch (activity.state) {
    case "waiting": {
      const missing = activity.needed - activity.available;
      return missing > 0
        ? words(`waiting for ${plural(missing, "more volunteer")}`)
        : words("waiting for the next round");
    }
    case "collecting":
      return words(
        `waiting while round ${activity.round} collects: ${activity.reported} of ${activity.asked} have reported`,
        share(activity.reported, activity.asked),
      );
    case "aggregating":
      return words(`the server averages round ${activity.round}`);
    case "synthesizing":
      return words(
        `the server learns the synthetic set: iteration ${activity.iteration} of ${activity.iterations}`,
        share(activity.iteration, activity.iterations),
      );
    case "refining":
      return words(`the server refines the model of round ${activity.round} on the synthetic set`);
    case "paused":
      return words("the run is paused by its operator");
    case "stopped":
      return words(`the run was stopped after round ${activity.round}`);
    case "finished":
      return words(`the run is finished after round ${activity.round}`);
    default:
      return activity satisfies never;
  }
}

/** Whether this run will ask nobody again. */
export function isOver(activity: RunActivity | null): boolean {
  return activity !== null && (activity.state === "finished" || activity.state === "stopped");
}

function words(text: string, progress: number | null = null): StatusWords {
  return { text, progress };
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null;
}
