/** The phases of a round, from its opening to its model. */
import { ignored, moves, type Row, refineEvents, roundEvents, same, synthesisEvents } from "./cells.ts";

const hasCohort = ignored("A round has one cohort, drawn as it opens.");
const nothingAsked = ignored("Nothing was asked for that it would answer.");
const closed = ignored("The round takes no more updates and waits for nobody.");

/** Volunteers train and report. */
export const collecting: Row = {
  started: moves(["collecting"], [], "Takes back a pause that was asked for."),
  "pause-requested": moves(["collecting"], [], "The run pauses after this round."),
  "stop-requested": moves(["stopped"], ["close-round", "end-run"], "Abandons the round."),
  "cohort-ready": hasCohort,
  "update-recorded": moves(
    ["collecting", "aggregating"],
    ["keep-update", "aggregate"],
    "Each member's first update counts, even if the member had left. The round closes when nobody is left to wait for.",
  ),
  "volunteer-left": moves(
    ["collecting", "aggregating", "waiting", "paused"],
    ["drop-volunteer", "aggregate", "close-round", "seek-cohort"],
    "The round no longer waits for a member that has not reported. It closes when nobody is left to wait for, and is abandoned when too few are left for the quorum.",
  ),
  "volunteer-returned": moves(["collecting"], [], "A member that had left is waited for again."),
  "deadline-passed": moves(
    ["aggregating", "waiting", "paused"],
    ["aggregate", "close-round", "seek-cohort"],
    "With a quorum of updates the round closes. With fewer it is abandoned, and the next number is waited for.",
  ),
  ...same(["aggregated", ...synthesisEvents, ...refineEvents], nothingAsked),
};

/** The round's updates become its aggregate. */
export const aggregating: Row = {
  ...steeredLater("aggregating"),
  "cohort-ready": hasCohort,
  ...same(roundEvents, closed),
  aggregated: moves(
    ["refining", "synthesizing", "waiting", "paused", "stopped", "finished"],
    ["keep-snapshot", "close-round", "evaluate", "refine", "synthesize", "seek-cohort", "end-run"],
    "If there is a synthetic set, the aggregate is refined. If the aggregate completes the trajectory and rounds are left, the synthesis begins. Otherwise the round is over: the run ends, pauses, or waits for the next one.",
  ),
  ...same([...synthesisEvents, ...refineEvents], nothingAsked),
};

/** DynaFed learns a synthetic set from the trajectory. */
export const synthesizing: Row = {
  started: moves(["synthesizing"], [], "Takes back a pause that was asked for."),
  "pause-requested": moves(["synthesizing"], [], "The run pauses after the synthesis."),
  "stop-requested": moves(["stopped"], ["end-run"], "Ends the run at once, and with it the synthesis."),
  "cohort-ready": hasCohort,
  ...same(roundEvents, closed),
  ...same(["aggregated", ...refineEvents], nothingAsked),
  ...same(
    synthesisEvents,
    moves(
      ["waiting", "paused"],
      ["seek-cohort"],
      "The next round may open. After a failure an older synthetic set stays in use; if there is none, the run goes on without DynaFed.",
    ),
  ),
};

/** The round's aggregate is fine-tuned on the synthetic set. */
export const refining: Row = {
  ...steeredLater("refining"),
  "cohort-ready": hasCohort,
  ...same(roundEvents, closed),
  ...same(["aggregated", ...synthesisEvents], nothingAsked),
  refined: moves(
    ["synthesizing", "waiting", "paused", "stopped", "finished"],
    ["evaluate", "synthesize", "seek-cohort", "end-run"],
    "The round ends with the refined model. If a refresh is due and rounds are left, the next synthesis begins. Otherwise the run ends, pauses, or waits for the next round.",
  ),
  "refine-failed": moves(
    ["synthesizing", "waiting", "paused", "stopped", "finished"],
    ["synthesize", "seek-cohort", "end-run"],
    "The round ends with its aggregate. The run goes on as after a refine.",
  ),
};

/** A round whose updates are in is brought to its end, whatever the operator asks for. */
function steeredLater(own: "aggregating" | "refining") {
  return {
    started: moves([own], [], "Takes back a pause that was asked for. A stop stays."),
    "pause-requested": moves([own], [], "The run pauses after this round, unless it stops then."),
    "stop-requested": moves([own], [], "The run stops after this round."),
  };
}
