/** Measures: for each case every contender in a process of its own, taking turns. */
import { reasonOf } from "@tributary/platform";
import { Impossible } from "../impossible.ts";
import { type BenchCase, caseName, shareOf } from "./cases.ts";
import { type Command, type Contender, startContender } from "./contender.ts";

/** A contender that can be started for any case. */
export type Entrant = {
  readonly name: string;
  readonly command: Command;
  /** Whether the benchmark needs it. Another entrant that cannot start is left out. */
  readonly isNeeded: boolean;
};

/** An entrant that is needed cannot start at all. */
export class NotThere extends Impossible {}

export type Measurement = {
  readonly task: BenchCase;
  readonly contender: string;
  readonly on: string;
  /** Milliseconds per training step or outer iteration, of each run. */
  readonly runsMs: readonly number[];
  /** Above 1: each run did one part in so many of an iteration, and its time was multiplied. */
  readonly times: number;
  readonly peakBytes: number;
  readonly baselineBytes: number;
};

export type Benchmark = {
  readonly measurements: readonly Measurement[];
  /** What was left out or broke, with the reason. */
  readonly notes: readonly string[];
};

/** A contender whose runs of one case have taken longer than this in all does not run it again. */
const ENOUGH_MS = 60_000;

/**
 * Measures every case on every entrant. Within a case the entrants take turns: each runs once before any runs again, so
 * that a disturbance of the machine affects all of them. The first turn warms up and does not count, unless it took all of
 * an entrant's time. Throws `NotThere`, before anything is measured, if an entrant that is needed does not start for the
 * first case.
 */
export async function runCases(
  cases: readonly BenchCase[],
  entrants: readonly Entrant[],
  repeat: number,
  onProgress: (line: string) => void,
): Promise<Benchmark> {
  const measurements: Measurement[] = [];
  const notes = new Set<string>();
  for (const task of cases) {
    onProgress(caseName(task));
    const { racers, absent } = await startAll(task, entrants, notes);
    try {
      if (task === cases[0] && absent !== null) throw new NotThere(absent);
      for (let round = 0; round <= repeat; round++) {
        for (const racer of racers) await takeTurn(racer, task, notes);
      }
      measurements.push(...(await finishAll(racers, task, notes)));
    } finally {
      for (const { contender } of racers) contender.kill();
    }
  }
  return { measurements, notes: [...notes] };
}

/** What the racers that ran have measured. A racer that breaks at the end is noted. */
async function finishAll(
  racers: readonly Racer[],
  task: BenchCase,
  notes: Set<string>,
): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const racer of racers.filter(({ runsMs }) => runsMs.length > 0)) {
    const measured = await finish(racer, task).catch(reasonOf);
    if (typeof measured === "string") notes.add(`${measured} (${caseName(task)})`);
    else measurements.push(measured);
  }
  return measurements;
}

type Racer = {
  readonly contender: Contender;
  readonly times: number;
  readonly runsMs: number[];
  spentMs: number;
  state: "cold" | "warm" | "out";
};

/** Starts the entrants that take part in the case. `absent`: why a needed one did not start; null: all did. */
async function startAll(
  task: BenchCase,
  entrants: readonly Entrant[],
  notes: Set<string>,
): Promise<{ readonly racers: readonly Racer[]; readonly absent: string | null }> {
  const racers: Racer[] = [];
  let absent: string | null = null;
  for (const { name, command, isNeeded } of entrants) {
    const share = shareOf(task, name);
    if (share === null) {
      notes.add(`${name}: left out above width 16, where one measurement takes minutes`);
      continue;
    }
    if (share.times > 1) notes.add(shareNote(name, share.task));
    try {
      const contender = await startContender(name, command, share.task);
      racers.push({ contender, times: share.times, runsMs: [], spentMs: 0, state: "cold" });
    } catch (error) {
      notes.add(reasonOf(error));
      if (isNeeded) absent ??= reasonOf(error);
    }
  }
  return { racers, absent };
}

function shareNote(name: string, { images, steps }: BenchCase): string {
  return `${name}: each iteration (~) is ${images} images and ${steps} inner step, multiplied`;
}

async function takeTurn(racer: Racer, task: BenchCase, notes: Set<string>): Promise<void> {
  if (racer.state === "out") return;
  try {
    const begin = performance.now();
    const ms = await racer.contender.measure();
    racer.spentMs += performance.now() - begin;
    const isLast = racer.spentMs > ENOUGH_MS;
    if (racer.state === "warm" || isLast) racer.runsMs.push(ms * racer.times);
    racer.state = isLast ? "out" : "warm";
  } catch (error) {
    racer.state = "out";
    racer.runsMs.length = 0;
    notes.add(`${reasonOf(error)} (${caseName(task)})`);
  }
}

async function finish({ contender, runsMs, times }: Racer, task: BenchCase): Promise<Measurement> {
  const { name, on, baselineBytes } = contender;
  const peakBytes = await contender.end();
  return { task, contender: name, on, runsMs, times, peakBytes, baselineBytes };
}
