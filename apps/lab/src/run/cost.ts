/** What a run costs: seconds by the kind of work, and processor time. */
import { type Static, Type } from "typebox";

const Amount = Type.Number({ minimum: 0 });

/** Seconds of a run's own work, by what they were spent on. */
export const Spent = Type.Object({ train: Amount, evaluate: Amount, synthesize: Amount, refine: Amount });
export type Spent = Readonly<Static<typeof Spent>>;

/** What a run has cost so far. */
export type Cost = {
  readonly spent: Spent;
  /** Processor time of all threads together: what the run would cost on a machine that does nothing else. */
  readonly cpuSeconds: number;
};

const nothingSpent: Spent = { train: 0, evaluate: 0, synthesize: 0, refine: 0 };

/** The cost of a run that begins. */
export const nothingYet: Cost = { spent: nothingSpent, cpuSeconds: 0 };

/** The seconds of all kinds of work together. */
export function secondsOf({ train, evaluate, synthesize, refine }: Spent): number {
  return train + evaluate + synthesize + refine;
}

/** Reads the clock between pieces of work. Each reading accounts for the time since the one before. */
export type Watch = {
  /** Adds the time to `kind` and returns its seconds. */
  spend(kind: keyof Spent): number;
  /** Leaves the time out. */
  skip(): void;
  total(): Cost;
  /** The time since the last call, by kind: that of the round which has just ended. */
  takeRound(): Spent;
};

/** `before`: what the run cost in earlier processes. */
export function createWatch(nowMs: () => number, before: Cost): Watch {
  const cpuBefore = cpuSeconds();
  let total = before.spent;
  let round = nothingSpent;
  let lastMs = nowMs();
  return {
    spend(kind) {
      const seconds = (nowMs() - lastMs) / 1000;
      lastMs = nowMs();
      total = { ...total, [kind]: total[kind] + seconds };
      round = { ...round, [kind]: round[kind] + seconds };
      return seconds;
    },
    skip() {
      lastMs = nowMs();
    },
    total: () => ({ spent: total, cpuSeconds: before.cpuSeconds + cpuSeconds() - cpuBefore }),
    takeRound() {
      const taken = round;
      round = nothingSpent;
      return taken;
    },
  };
}

/** Processor time of this process, which works one run at a time. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
