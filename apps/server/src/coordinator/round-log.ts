import type { Log, Runtime } from "@tributary/platform";
import type { Effects, RunEffect, RunEvent, RunState } from "@tributary/rounds";

export type RoundLog = {
  /** Notes an event that was committed in the state `before`, and what its step asks for. */
  noteStep(before: RunState, event: RunEvent, effects: Effects): void;
};

/** When the open round was opened, on the monotonic clock; null: not by this process. */
type Opened = { readonly round: number; readonly atMs: number } | null;

const wishWords = {
  started: "the operator started the run",
  "pause-requested": "the operator asked for a pause",
  "stop-requested": "the operator asked for a stop",
} as const;
const failureWords = {
  "synthesis-failed": "the synthesis failed for good",
  "refine-failed": "the refine failed for good",
} as const;

/** One line in the log for each round, each wish of the operator, and each synthesis and refine. */
export function createRoundLog({ log, monotonicMs }: Pick<Runtime, "log" | "monotonicMs">): RoundLog {
  let opened: Opened = null;
  return {
    noteStep(before, event, effects) {
      noteEvent(log, event);
      for (const effect of effects) {
        if (effect.type === "open-round") opened = { round: effect.round, atMs: monotonicMs() };
        if (effect.type === "close-round")
          noteClosed(log, before, effect, lasted(opened, effect, monotonicMs));
        else noteEffect(log, effect);
      }
    },
  };
}

function noteEvent(log: Log, event: RunEvent): void {
  switch (event.type) {
    case "started":
    case "pause-requested":
    case "stop-requested":
      log.info({}, wishWords[event.type]);
      break;
    case "synthesized":
      log.info({ round: event.round }, "synthesis done");
      break;
    case "refined":
      log.info({ round: event.round, refined: event.refined }, "refine done");
      break;
    case "synthesis-failed":
    case "refine-failed":
      log.warn({ round: event.round, reason: event.reason }, failureWords[event.type]);
      break;
    // Their effects or the lines of volunteers say it.
    case "cohort-ready":
    case "update-recorded":
    case "volunteer-left":
    case "volunteer-returned":
    case "deadline-passed":
    case "aggregated":
      break;
    default:
      event satisfies never;
  }
}

function noteEffect(log: Log, effect: Exclude<RunEffect, { type: "close-round" }>): void {
  switch (effect.type) {
    case "open-round":
      log.info({ round: effect.round, asked: effect.cohort.length }, "round opened");
      break;
    case "synthesize":
      log.info({ round: effect.round }, "synthesis asked for");
      break;
    case "refine":
      log.info({ round: effect.round, aggregate: effect.snapshot }, "refine asked for");
      break;
    case "end-run":
      log.info({ outcome: effect.outcome }, "the run is over");
      break;
    case "keep-update":
    case "drop-volunteer":
    case "keep-snapshot":
    case "evaluate":
    case "seek-cohort":
    case "arm-deadline":
    case "aggregate":
      break;
    default:
      effect satisfies never;
  }
}

type Closed = Extract<RunEffect, { type: "close-round" }>;

/** `participants`: members whose updates are stored. `durationMs` is missing if the round was opened before a restart. */
function noteClosed(log: Log, before: RunState, effect: Closed, durationMs: number | null): void {
  const { round, outcome, counted } = effect;
  const participants = before.phase === "collecting" ? before.received.size : counted.length;
  log.info({ round, outcome, participants, ...(durationMs !== null && { durationMs }) }, "round closed");
}

function lasted(opened: Opened, { round }: Closed, monotonicMs: () => number): number | null {
  return opened?.round === round ? Math.round(monotonicMs() - opened.atMs) : null;
}
