import type { RunActivity } from "@tributary/protocol";

const tones = {
  waiting: "live",
  collecting: "live",
  aggregating: "live",
  synthesizing: "refine",
  refining: "refine",
  paused: undefined,
  stopped: undefined,
  finished: undefined,
} as const;

/** The state of a run in one word. */
export function ActivityPill({ activity }: { readonly activity: RunActivity }) {
  return (
    <span class="pill" data-tone={tones[activity.state]} data-testid="run-state" data-state={activity.state}>
      {activity.state}
    </span>
  );
}
