/** The status line: what happens at this moment, in words. */
import type { RunActivity } from "@tributary/protocol";
import type { VolunteerView } from "@tributary/volunteer";
import { formatBytes, plural } from "../ui/format.ts";

/** `progress`: from 0 to 1; null where there is no amount to show. */
export type StatusWords = { readonly text: string; readonly progress: number | null };

export function statusWords(status: VolunteerView["status"]): StatusWords {
  switch (status.phase) {
    case "connecting":
      return words("connecting");
    case "reconnecting":
      return words(`reconnecting in ${Math.max(0, Math.ceil(status.inMs / 1000))} s (${status.cause})`);
    case "waiting":
      return status.activity === null ? words("connected") : activityWords(status.activity);
    case "downloading": {
      const { round, received, total } = status;
      const amount = `${formatBytes(received)} of ${formatBytes(total)}`;
      return words(`downloading the model of round ${round}, ${amount}`, share(received, total));
    }
    case "training": {
      const { round, batch, batches } = status;
      if (batches === 0) return words(`training round ${round}`);
      return words(`training round ${round}, batch ${batch} of ${batches}`, share(batch, batches));
    }
    case "sending":
      return words(`sending the update of round ${status.round}`, share(status.sent, status.total));
    case "paused":
      return words("paused: this device takes part again when you resume");
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
    case "collecting": {
      const { round, reported, asked } = activity;
      const count = `${reported} of ${plural(asked, "volunteer")}`;
      return words(`waiting for round ${round}: ${count} reported`, share(reported, asked));
    }
    case "aggregating":
      return words(`the server is aggregating the updates of round ${activity.round}`);
    case "synthesizing": {
      const { iteration, iterations } = activity;
      const count = `iteration ${iteration} of ${iterations}`;
      return words(`the server is learning the synthetic set: ${count}`, share(iteration, iterations));
    }
    case "refining":
      return words(`the server is refining the model of round ${activity.round} on the synthetic set`);
    case "paused":
      return words("the run is paused by its operator");
    case "stopped":
      return words(`the run was stopped after round ${activity.round}`);
    case "finished":
      return words(`the run finished after round ${activity.round}`);
    default:
      return activity satisfies never;
  }
}

/** Whether this run will open no more rounds. */
export function isOver(activity: RunActivity | null): boolean {
  return activity !== null && (activity.state === "finished" || activity.state === "stopped");
}

function words(text: string, progress: number | null = null): StatusWords {
  return { text, progress };
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null;
}
