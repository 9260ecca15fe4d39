/** The round machine's whole behaviour in one table: every phase, every event. docs/machines.md is printed from it. */
import type { TransitionTable } from "@tributary/protocol";
import type { RunEffect } from "../effects.ts";
import type { RunEventType, RunPhase } from "../state.ts";
import { created, finished, paused, stopped, waiting } from "./between-rounds.ts";
import { aggregating, collecting, refining, synthesizing } from "./within-a-round.ts";

/** What each phase means, in the order in which a run meets them. */
export const roundPhases: Readonly<Record<RunPhase, string>> = {
  created: "The operator has not started the run yet.",
  waiting: "The next round opens when enough volunteers are available.",
  collecting: "A round is open: its cohort trains and reports.",
  aggregating: "The round's updates are combined with its snapshot into its aggregate.",
  synthesizing: "DynaFed learns a synthetic set from the trajectory. The next round waits for it.",
  refining: "The round's aggregate is fine-tuned on the synthetic set.",
  paused: "The operator has paused the run between two rounds.",
  stopped: "The operator has ended the run.",
  finished: "As many rounds as the plan asks for have been aggregated.",
};

/**
 * An event of another round than the run is in changes nothing, and neither does one of a volunteer that the cohort
 * lacks: the cells speak of events that fit.
 */
export const roundTable: TransitionTable<RunPhase, RunEventType, RunEffect["type"]> = {
  created,
  waiting,
  collecting,
  aggregating,
  synthesizing,
  refining,
  paused,
  stopped,
  finished,
};
