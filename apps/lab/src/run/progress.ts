/** What a run reports while it is worked. Plain data, since it crosses processes. */
import type { Measurement, Plan } from "@tributary/protocol";
import { figureOf, figureWords } from "../data/headline.ts";
import { refusalWords } from "../simulation/result-files.ts";
import { measuredAfter, type SimulatedRefusal, type SimulatedRound } from "../simulation/simulated-run.ts";
import type { Spent } from "./cost.ts";

export type RunProgress =
  /** The run goes on. `spent`: on all of it so far, including `iterations` of a synthesis that is not over. */
  | {
      readonly type: "resumed";
      readonly rounds: number;
      readonly iterations: number;
      readonly spent: Spent;
    }
  | { readonly type: "noted"; readonly text: string }
  | { readonly type: "update-refused"; readonly refusal: SimulatedRefusal }
  | { readonly type: "round-abandoned"; readonly round: number }
  /** `completed`: rounds that the run has aggregated, this one included. `spent`: on this round. */
  | {
      readonly type: "round-done";
      readonly row: SimulatedRound;
      readonly completed: number;
      readonly spent: Spent;
    }
  /** `iterations`: the most that this synthesis does. */
  | {
      readonly type: "iteration-done";
      readonly iteration: number;
      readonly iterations: number;
      readonly distance: number;
      readonly seconds: number;
    };

/** One line for people; null where there is nothing to say. */
export function progressWords(progress: RunProgress, plan: Plan): string | null {
  switch (progress.type) {
    case "resumed":
      return progress.rounds < plan.rounds ? `goes on after round ${progress.rounds}` : null;
    case "noted":
      return progress.text;
    case "update-refused":
      return `refused in ${refusalWords(progress.refusal)}`;
    case "round-abandoned":
      return `round ${progress.round} abandoned: too few updates`;
    case "round-done":
      return roundWords(progress, plan);
    case "iteration-done": {
      const { iteration, iterations, distance } = progress;
      return `synthesis ${iteration}/${iterations}  D ${distance.toFixed(4)}`;
    }
    default:
      return progress satisfies never;
  }
}

function roundWords(
  { row, completed, spent }: Extract<RunProgress, { type: "round-done" }>,
  { rounds, task }: Plan,
): string {
  const { headline } = task.evaluation;
  const shown = (measured: Measurement) => figureWords(headline, figureOf(measured, headline));
  const number = row.round === completed ? `${completed}/${rounds}` : `${row.round} (${completed}/${rounds})`;
  const seconds = spent.train + spent.evaluate + spent.refine;
  const aggregate = row.refined === null ? "" : ` (aggregate ${shown(row.aggregate)})`;
  const loss = row.loss === null ? "" : `  loss ${row.loss.toFixed(3)}`;
  return `round ${number}  ${shown(measuredAfter(row))}${aggregate}${loss}  ${seconds.toFixed(1)} s`;
}
