/** Which actions an operator can take in each state of a run. */
import type { RunActionBody, RunActivity } from "@tributary/protocol";

export type RunAction = RunActionBody["action"];

export function possibleActions(activity: RunActivity): readonly RunAction[] {
  switch (activity.state) {
    case "finished":
    case "stopped":
      return [];
    case "paused":
      return ["start", "stop"];
    case "waiting":
    case "collecting":
    case "aggregating":
    case "synthesizing":
    case "refining":
      return ["pause", "stop"];
    default:
      return activity satisfies never;
  }
}
