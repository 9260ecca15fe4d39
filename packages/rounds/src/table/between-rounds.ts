/** The phases in which no round is open. */
import { ignored, moves, type Row, refineEvents, roundEvents, same, synthesisEvents } from "./cells.ts";

const roundMatters = [
  "cohort-ready",
  ...roundEvents,
  "aggregated",
  ...synthesisEvents,
  ...refineEvents,
] as const;
const stops = moves(["stopped"], ["end-run"], "Ends the run.");

/** Not started by the operator yet. */
export const created: Row = {
  started: moves(["waiting"], ["seek-cohort"], "Waits for volunteers for round 1."),
  "pause-requested": ignored("It has not started."),
  "stop-requested": stops,
  ...same(roundMatters, ignored("No round has been opened yet.")),
};

/** Opens the next round when enough volunteers are available. */
export const waiting: Row = {
  started: ignored("It goes on already."),
  "pause-requested": moves(["paused"], [], "Opens no round until it is started again."),
  "stop-requested": stops,
  "cohort-ready": moves(
    ["collecting"],
    ["open-round", "arm-deadline"],
    "Opens the round, if the cohort has at least `minimum` and at most `size` members.",
  ),
  ...same(
    [...roundEvents, "aggregated", ...synthesisEvents, ...refineEvents],
    ignored("The round has not been opened yet."),
  ),
};

/** Between rounds, by the operator's wish. */
export const paused: Row = {
  started: moves(["waiting"], ["seek-cohort"], "Waits for volunteers for the next round."),
  "pause-requested": ignored("It is paused."),
  "stop-requested": stops,
  ...same(roundMatters, ignored("No round is open, and none may open.")),
};

/** Over, by the operator's wish. */
export const stopped: Row = over();

/** Over: as many rounds as the plan wants have been aggregated. */
export const finished: Row = over();

function over(): Row {
  return same(["started", "pause-requested", "stop-requested", ...roundMatters], ignored("The run is over."));
}
