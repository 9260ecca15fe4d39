import type { RunActivity, RunDetail } from "@tributary/protocol";
import { formatDuration, plural } from "../ui/format.ts";
import { useNow } from "../ui/use-now.ts";

/** What the run does at this moment. */
export function LiveRoundPanel({ detail }: { readonly detail: RunDetail }) {
  const { live, summary } = detail;
  return (
    <section class="panel stack" aria-labelledby="now">
      <h2 id="now">Now</h2>
      {live === null ? <p data-testid="live">{idleWords(summary.activity)}</p> : <OpenRound live={live} />}
    </section>
  );
}

function OpenRound({ live }: { readonly live: NonNullable<RunDetail["live"]> }) {
  const nowMs = useNow(true);
  const leftMs = Math.max(0, Date.parse(live.deadlineAt) - nowMs);
  const reported = new Set(live.reported);
  return (
    <>
      <p data-testid="live">
        Round {live.round}: {live.reported.length} of {live.asked.length} have reported,{" "}
        {leftMs > 0 ? `${formatDuration(Math.ceil(leftMs / 1000) * 1000)} left` : "deadline passed"}
      </p>
      <progress
        class="meter"
        max={Math.max(1, live.asked.length)}
        value={live.reported.length}
        aria-label="Reported"
      />
      <ul class="row small">
        {live.asked.map((volunteer) => (
          <li key={volunteer} class="pill" data-tone={reported.has(volunteer) ? "live" : undefined}>
            {volunteer.slice(0, 8)} {reported.has(volunteer) ? "reported" : "training"}
          </li>
        ))}
      </ul>
    </>
  );
}

function idleWords(activity: RunActivity): string {
  switch (activity.state) {
    case "waiting": {
      const missing = Math.max(0, activity.needed - activity.available);
      return missing > 0
        ? `Waiting for ${plural(missing, "more volunteer")} (${activity.available} of ${activity.needed} available).`
        : "The next round is about to open.";
    }
    case "collecting":
      return `Round ${activity.round}: ${activity.reported} of ${activity.asked} have reported.`;
    case "aggregating":
      return `Averaging round ${activity.round}.`;
    case "synthesizing":
      return `Learning the synthetic set: iteration ${activity.iteration} of ${activity.iterations}.`;
    case "refining":
      return `Refining the model of round ${activity.round}.`;
    case "paused":
      return "Nobody is asked until you start the run.";
    case "stopped":
      return `Stopped after round ${activity.round}.`;
    case "finished":
      return `Finished after round ${activity.round}.`;
    default:
      return activity satisfies never;
  }
}
