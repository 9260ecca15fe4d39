/**
 * One contender of a benchmark: a process of its own, so that several can take turns and each has its own peak memory. Its
 * standard input says what to measure and when. Its answers are JSON objects, one per line; other lines are a library's
 * output and are skipped.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { BenchCase } from "./cases.ts";

/** A process that is ready to measure its case. */
export type Contender = {
  readonly name: string;
  /** The device that it runs on, as it says. */
  readonly on: string;
  /** Peak resident memory before the case began: the runtime and its libraries. */
  readonly baselineBytes: number;
  /** Milliseconds of one training step or outer iteration. */
  measure(): Promise<number>;
  /** Ends the process and returns its peak resident memory. */
  end(): Promise<number>;
  kill(): void;
};

/** How to start a process. */
export type Command = { readonly program: string; readonly args: readonly string[] };

type Answer = {
  readonly on?: string;
  readonly baselineBytes?: number;
  readonly ms?: number;
  readonly peakBytes?: number;
  readonly failed?: string;
};

/** Starts the process and waits until it is ready for the case. Rejects with its reason, or its last line, if it fails. */
export async function startContender(name: string, command: Command, task: BenchCase): Promise<Contender> {
  const child = spawn(command.program, command.args, { stdio: "pipe" });
  const answers = answersOf(child);
  const ask = async <Key extends keyof Answer>(line: string, key: Key) => {
    child.stdin.write(`${line}\n`);
    const answer = await answers();
    const value = answer[key];
    if (value === undefined) throw new Error(`${name}: ${answer.failed ?? `no ${key} in its answer`}`);
    return { ...answer, value: value as NonNullable<Answer[Key]> };
  };
  const { value: on, baselineBytes = 0 } = await ask(JSON.stringify(task), "on");
  return {
    name,
    on,
    baselineBytes,
    measure: async () => (await ask("measure", "ms")).value,
    end: async () => (await ask("end", "peakBytes")).value,
    kill: () => child.kill("SIGKILL"),
  };
}

/** Returns the child's next answer each time it is called; once the child has ended, the reason. */
function answersOf(child: ChildProcessWithoutNullStreams): () => Promise<Answer> {
  const waiting: ((answer: Answer) => void)[] = [];
  const ready: Answer[] = [];
  let over: Answer | null = null;
  let lastWords = "";
  const give = (answer: Answer) => {
    const take = waiting.shift();
    if (take === undefined) ready.push(answer);
    else take(answer);
  };
  const end = (reason: string) => {
    over ??= { failed: reason };
    for (const take of waiting.splice(0)) take(over);
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = readAnswer(line);
    if (answer !== null) give(answer);
  });
  child.stderr.on("data", (bytes: Buffer) => {
    lastWords = bytes.toString().trim().split("\n").at(-1) || lastWords;
  });
  // A write to a process that has ended fails. The events below report the end.
  child.stdin.on("error", () => undefined);
  child.once("error", (error) => end(error.message));
  child.once("close", (code, signal) => end(`ended with ${signal ?? `status ${code}`} ${lastWords}`.trim()));
  return () =>
    new Promise((resolve) => {
      const answer = ready.shift() ?? over;
      if (answer !== null && answer !== undefined) resolve(answer);
      else waiting.push(resolve);
    });
}

function readAnswer(line: string): Answer | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return null;
  }
}
