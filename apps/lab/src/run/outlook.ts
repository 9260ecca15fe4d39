/** How long a set of runs still takes, from what each has ahead and what their work has cost so far. Pure. */
import type { Plan } from "@tributary/protocol";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";
import type { Spent } from "./cost.ts";
import {
  estimate,
  estimateWords,
  iterationSize,
  type Measurement,
  type RunAhead,
  refineSize,
  remember,
  variantOf,
  workAhead,
} from "./estimate.ts";
import type { RunProgress } from "./progress.ts";

/** The part of a run that decides what is ahead of it. */
export type FollowedRun = { readonly plan: Plan; readonly volunteersTrain: VolunteersTrain };

export type Outlook<Run extends FollowedRun> = {
  /** Runs that are not over. */
  readonly ahead: ReadonlyMap<Run, RunAhead>;
  readonly known: readonly Measurement[];
};

/** `done`: rounds that each run's folder already has. `known`: what was measured before. */
export function createOutlook<Run extends FollowedRun>(
  runs: readonly Run[],
  done: ReadonlyMap<Run, number>,
  known: readonly Measurement[],
): Outlook<Run> {
  const ahead = runs.map((run) => {
    const { plan, volunteersTrain } = run;
    return [run, { plan, volunteersTrain, roundsDone: done.get(run) ?? 0, iterationsDone: 0 }] as const;
  });
  return { ahead: new Map(ahead), known };
}

/** The outlook after a run's progress. */
export function advance<Run extends FollowedRun>(
  outlook: Outlook<Run>,
  run: Run,
  progress: RunProgress,
): Outlook<Run> {
  const { plan } = run;
  switch (progress.type) {
    case "resumed": {
      const { rounds, iterations, spent } = progress;
      const done = workDone(run, rounds, iterations, spent);
      return learn(move(outlook, run, { roundsDone: rounds, iterationsDone: iterations }), plan, done);
    }
    case "noted":
      // A note may mean that what was done is lost. A run that goes on reports how far it is next.
      return move(outlook, run, { roundsDone: 0 });
    case "update-refused":
    case "round-abandoned":
      return outlook;
    case "round-done": {
      const { row, completed, spent } = progress;
      return learn(move(outlook, run, { roundsDone: completed, iterationsDone: 0 }), plan, [
        { kind: "train", size: 1, seconds: spent.train },
        { kind: "evaluate", size: row.refined === null ? 1 : 2, seconds: spent.evaluate },
        { kind: "refine", size: refineSize(plan), seconds: spent.refine },
      ]);
    }
    case "iteration-done":
      return learn(move(outlook, run, { iterationsDone: progress.iteration }), plan, [
        { kind: "synthesize", size: iterationSize(plan), seconds: progress.seconds },
      ]);
    default:
      return progress satisfies never;
  }
}

/** The outlook once a run is over, finished or not. */
export function without<Run extends FollowedRun>(outlook: Outlook<Run>, run: Run): Outlook<Run> {
  return { ...outlook, ahead: new Map([...outlook.ahead].filter(([one]) => one !== run)) };
}

/** "12 to 15 min left". `jobs`: how many runs are worked at once. */
export function timeLeft<Run extends FollowedRun>({ ahead, known }: Outlook<Run>, jobs: number): string {
  return estimateWords(estimate([...ahead.values()].map(workAhead), known, jobs));
}

type Measured = Pick<Measurement, "kind" | "size" | "seconds">;

function learn<Run extends FollowedRun>(
  outlook: Outlook<Run>,
  plan: Plan,
  measured: readonly Measured[],
): Outlook<Run> {
  const variant = variantOf(plan);
  const known = measured
    .filter(({ seconds }) => seconds > 0)
    .reduce((before, one) => remember(before, { ...one, variant }), outlook.known);
  return { ...outlook, known };
}

function move<Run extends FollowedRun>(
  outlook: Outlook<Run>,
  run: Run,
  change: Partial<RunAhead>,
): Outlook<Run> {
  const now = outlook.ahead.get(run);
  if (now === undefined) return outlook;
  return { ...outlook, ahead: new Map(outlook.ahead).set(run, { ...now, ...change }) };
}

/** One measurement of each kind: the mean cost of what a run has done before it was stopped. */
function workDone(
  { plan, volunteersTrain }: FollowedRun,
  roundsDone: number,
  iterationsDone: number,
  spent: Spent,
): readonly Measured[] {
  const whole = workAhead({ plan, volunteersTrain, roundsDone: 0, iterationsDone: 0 });
  const ahead = workAhead({ plan, volunteersTrain, roundsDone, iterationsDone });
  const units = { train: 1, evaluate: 1, synthesize: iterationSize(plan), refine: refineSize(plan) };
  return whole.flatMap(({ kind, size: all }, at) => {
    const done = all - (ahead[at]?.size ?? 0);
    const size = units[kind];
    return done > 0 ? [{ kind, size, seconds: (spent[kind] * size) / done }] : [];
  });
}
