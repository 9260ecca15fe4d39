import type { RunActivity, RunDetail } from "@tributary/protocol";
import { formatDuration, plural } from "../ui/format.ts";
import { useNow } from "../ui/use-now.ts";

/** What the run is doing at this moment. */
export function LiveRoundPanel({ detail: { live, summary } }: { readonly detail: RunDetail }) {
  return (
    <section class="panel stack" aria-labelledby="now">
      <h2 id="now">Now</h2>
      {live === null ? <p data-testid="live">{idleWords(summary.activity)}</p> : <OpenRound live={live} />}
    </section>
  );
}

type OpenRoundProps = { readonly live: NonNullable<RunDetail["live"]> };

function OpenRound({ live: { round, asked, reported, deadlineAt } }: OpenRoundProps) {
  const nowMs = useNow(true);
  return (
    <>
      <p data-testid="live">
        Round {round}: {reported.length} of {plural(asked.length, "volunteer")}{" "}
        {asked.length === 1 ? "has" : "have"} reported, {timeLeft(Date.parse(deadlineAt) - nowMs)}
      </p>
      <progress
        class="meter"
        max={Math.max(1, asked.length)}
        value={reported.length}
        aria-label="Volunteers that have reported"
      />
      <ul class="row small">
        {asked.map((volunteer) => (
          <MemberPill key={volunteer} volunteer={volunteer} hasReported={reported.includes(volunteer)} />
        ))}
      </ul>
    </>
  );
}

function MemberPill(props: { readonly volunteer: string; readonly hasReported: boolean }) {
  return (
    <li class="pill" data-tone={props.hasReported ? "live" : undefined}>
      {props.volunteer.slice(0, 8)} {props.hasReported ? "reported" : "training"}
    </li>
  );
}

function timeLeft(ms: number): string {
  return ms > 0 ? `${formatDuration(Math.ceil(ms / 1000) * 1000)} left` : "deadline passed";
}

/** What a run does while no round is open. */
function idleWords(activity: RunActivity): string {
  switch (activity.state) {
    case "waiting":
      return waitingWords(activity.available, activity.needed);
    case "collecting":
      return `Round ${activity.round}: ${activity.reported} of ${activity.asked} have reported.`;
    case "aggregating":
      return `Aggregating the updates of round ${activity.round}.`;
    case "synthesizing":
      return `Learning the synthetic set: iteration ${activity.iteration} of ${activity.iterations}.`;
    case "refining":
      return `Refining the model of round ${activity.round}.`;
    case "paused":
      return "Paused. Volunteers take part again when you start the run.";
    case "stopped":
      return `Stopped after round ${activity.round}.`;
    case "finished":
      return `Finished after round ${activity.round}.`;
    default:
      return activity satisfies never;
  }
}

function waitingWords(available: number, needed: number): string {
  const missing = needed - available;
  if (missing <= 0) return "The next round is about to open.";
  return `Waiting for ${plural(missing, "more volunteer")} (${available} of ${needed} available).`;
}
