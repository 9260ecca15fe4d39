/** What an experiment prints: one line a round of every run, a synthesis now and then, and the time that is left. */
import type { SimulatedRound } from "../simulation/simulation.ts";
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
import type { Spent } from "./run-folder.ts";
import type { RunSpec } from "./run-matrix.ts";
import type { FromWorker } from "./worker-messages.ts";

export type Follower = {
  /** One run's message. */
  hear(spec: RunSpec, message: FromWorker): void;
  /** "12 to 15 min left" */
  left(): string;
};

/** `done`: rounds that each run's folder already has. */
export function createFollower(options: {
  readonly runs: readonly RunSpec[];
  readonly done: ReadonlyMap<RunSpec, number>;
  /** How many runs are worked at once, as far as is known. */
  readonly jobs: () => number;
  readonly say: (line: string) => void;
  readonly nowMs: () => number;
}): Follower {
  const { runs, jobs, say, nowMs } = options;
  const ahead = new Map<RunSpec, RunAhead>(
    runs.map((spec) => [spec, { ...spec, roundsDone: options.done.get(spec) ?? 0, iterationsDone: 0 }]),
  );
  let known: readonly Measurement[] = [];
  let saidAtMs = Number.NEGATIVE_INFINITY;

  const left = () => estimateWords(estimate([...ahead.values()].map(workAhead), known, jobs()));
  const learn = ({ plan }: RunSpec, kind: Measurement["kind"], size: number, seconds: number) => {
    if (seconds > 0) known = remember(known, { kind, variant: variantOf(plan), size, seconds });
  };
  const move = (spec: RunSpec, change: Partial<RunAhead>) => {
    const now = ahead.get(spec);
    if (now !== undefined) ahead.set(spec, { ...now, ...change });
  };

  return {
    left,
    hear(spec, message) {
      const prefix = `[${runs.indexOf(spec) + 1}/${runs.length}] ${spec.method}, alpha ${spec.alpha}, seed ${spec.seed}:`;
      const { plan } = spec;
      switch (message.type) {
        case "resumed": {
          const { rounds, iterations, spent } = message;
          move(spec, { roundsDone: rounds, iterationsDone: iterations });
          for (const { kind, size, seconds } of workDone(spec, rounds, iterations, spent)) {
            learn(spec, kind, size, seconds);
          }
          if (rounds < plan.rounds) say(`${prefix} goes on after round ${rounds}`);
          return;
        }
        case "noted":
          move(spec, { roundsDone: 0 });
          return say(`${prefix} ${message.text}`);
        case "round-done": {
          const { row, spent } = message;
          move(spec, { roundsDone: row.round, iterationsDone: 0 });
          learn(spec, "train", 1, spent.train);
          learn(spec, "evaluate", row.accuracyRefined === null ? 1 : 2, spent.evaluate);
          learn(spec, "refine", refineSize(plan), spent.refine);
          return say(`${prefix} ${roundWords(row, plan.rounds, spent)}; ${left()}`);
        }
        case "iteration-done": {
          const { iteration, iterations, distance, seconds } = message;
          move(spec, { iterationsDone: iteration });
          learn(spec, "synthesize", iterationSize(plan), seconds);
          const isEnd = iteration === iterations;
          if (!isEnd && nowMs() - saidAtMs < SYNTHESIS_EVERY_MS) return;
          saidAtMs = nowMs();
          return say(`${prefix} synthesis ${iteration}/${iterations}  D ${distance.toFixed(4)}; ${left()}`);
        }
        case "run-done":
          ahead.delete(spec);
          return say(`${prefix} finished`);
        case "run-failed":
          ahead.delete(spec);
          return say(`${prefix} failed: ${message.reason}`);
        case "opened":
        case "not-opened":
          return;
        default:
          return message satisfies never;
      }
    },
  };
}

/** The mean round, iteration and refine of what a run has done before: it has gone on in the same folder. */
function workDone(spec: RunSpec, roundsDone: number, iterationsDone: number, spent: Spent) {
  const whole = workAhead({ ...spec, roundsDone: 0, iterationsDone: 0 });
  const ahead = workAhead({ ...spec, roundsDone, iterationsDone });
  const units = {
    train: 1,
    evaluate: 1,
    synthesize: iterationSize(spec.plan),
    refine: refineSize(spec.plan),
  };
  return whole.flatMap(({ kind, size: all }, at) => {
    const done = all - (ahead[at]?.size ?? 0);
    const size = units[kind];
    return done > 0 ? [{ kind, size, seconds: (spent[kind] * size) / done }] : [];
  });
}

const SYNTHESIS_EVERY_MS = 10_000;

function roundWords(row: SimulatedRound, of: number, spent: Spent): string {
  const seconds = spent.train + spent.evaluate + spent.refine;
  const aggregate = row.accuracyRefined === null ? "" : ` (aggregate ${percent(row.accuracyAggregate)})`;
  const loss = row.loss === null ? "" : `  loss ${row.loss.toFixed(3)}`;
  return `round ${row.round}/${of}  ${percent(row.accuracy)}${aggregate}${loss}  ${seconds.toFixed(1)} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
