/** Performs what the steps of a run ask for, one function for each effect. Nothing here decides. */
import type { Runtime } from "@tributary/platform";
import { type Effects, nextCohort, type RunEffect, type RunRules } from "@tributary/rounds";
import type { StoredRun } from "@tributary/storage";
import type { Aggregator } from "./aggregator.ts";
import type { EvaluationBoard } from "./evaluation-board.ts";
import type { Post } from "./event-queue.ts";
import { type Ask, tellClosed } from "./invitations.ts";
import type { JobWatch } from "./job-watch.ts";
import type { Roster } from "./roster.ts";
import type { RoundDeadline } from "./round-deadline.ts";

export type PerformerParts = CohortParts & {
  readonly ask: Ask;
  readonly deadline: RoundDeadline;
  readonly aggregator: Aggregator;
  readonly evaluations: Pick<EvaluationBoard, "expect" | "noteClosed">;
  readonly jobs: Pick<JobWatch, "check">;
};

export type CohortParts = {
  readonly run: StoredRun;
  readonly rules: RunRules;
  readonly roster: Roster;
  readonly post: Post;
  readonly deps: Runtime;
};

type Of<Type extends RunEffect["type"]> = Extract<RunEffect, { type: Type }>;

/** Performs the effects of a committed step. Performing them again after a restart does no harm. */
export function perform(parts: PerformerParts, effects: Effects): void {
  for (const effect of effects) performOne(parts, effect);
}

function performOne(parts: PerformerParts, effect: RunEffect): void {
  switch (effect.type) {
    case "open-round":
      askCohort(parts, effect);
      break;
    case "close-round":
      tellClosed(parts.roster, effect);
      parts.evaluations.noteClosed();
      break;
    case "seek-cohort":
      seekCohort(parts);
      break;
    case "arm-deadline":
      armDeadline(parts, effect);
      break;
    case "aggregate":
      parts.aggregator.begin(effect);
      break;
    case "evaluate":
      parts.evaluations.expect(effect.snapshot);
      break;
    case "synthesize":
    case "refine":
      parts.jobs.check();
      break;
    // These are written in the transaction of the event.
    case "keep-update":
    case "drop-volunteer":
    case "keep-snapshot":
    case "end-run":
      break;
    default:
      effect satisfies never;
  }
}

function askCohort({ roster, ask }: PerformerParts, { cohort }: Of<"open-round">): void {
  for (const volunteer of cohort) ask(roster.find(volunteer));
}

/** Queues the drawing of a cohort from the volunteers who are available when its turn comes. */
export function seekCohort({ run, rules, roster, post, deps }: CohortParts): void {
  post((state) => {
    const cohort = nextCohort(state, roster.available(), rules, run.plan.seed);
    return cohort && { type: "cohort-ready", round: state.round, cohort, atMs: deps.nowMs() };
  });
}

function armDeadline(
  { deadline, post, deps }: PerformerParts,
  { round, deadlineMs }: Of<"arm-deadline">,
): void {
  deadline.arm(round, deadlineMs, () => post(() => ({ type: "deadline-passed", round, atMs: deps.nowMs() })));
}
