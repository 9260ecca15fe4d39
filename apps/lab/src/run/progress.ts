/** What a run reports while it is worked. Plain data, since it crosses processes. */
import type { Plan } from "@tributary/protocol";
import { refusalWords } from "../simulation/result-files.ts";
import type { SimulatedRefusal, SimulatedRound } from "../simulation/simulated-run.ts";
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
export function progressWords(progress: RunProgress, { rounds }: Plan): string | null {
  switch (progress.type) {
    case "resumed":
      return progress.rounds < rounds ? `goes on after round ${progress.rounds}` : null;
    case "noted":
      return progress.text;
    case "update-refused":
      return `refused in ${refusalWords(progress.refusal)}`;
    case "round-abandoned":
      return `round ${progress.round} abandoned: too few updates`;
    case "round-done":
      return roundWords(progress, rounds);
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
  rounds: number,
): string {
  const number = row.round === completed ? `${completed}/${rounds}` : `${row.round} (${completed}/${rounds})`;
  const seconds = spent.train + spent.evaluate + spent.refine;
  const aggregate = row.accuracyRefined === null ? "" : ` (aggregate ${percent(row.accuracyAggregate)})`;
  const loss = row.loss === null ? "" : `  loss ${row.loss.toFixed(3)}`;
  return `round ${number}  ${percent(row.accuracy)}${aggregate}${loss}  ${seconds.toFixed(1)} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
