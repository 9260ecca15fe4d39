/** What the commands share: how arguments are read, how errors end the process, and how Ctrl-C does. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { reasonOf } from "@tributary/platform";
import { Impossible } from "../impossible.ts";

/** A command: what it is told, and what it does then. */
export type Command<Choice> = {
  /** Its first line is the short form. */
  readonly usage: string;
  /** Throws an Error that quotes the argument that is wrong, as `parseArgs` of node:util does. */
  readonly read: (args: readonly string[]) => Choice;
  /** Returns the exit status. Throws `Impossible` if the choice cannot be met. */
  readonly run: (choice: Choice) => Promise<number>;
};

/**
 * Runs a command and returns its exit status: 0 done, 1 broken on the way, 2 invalid arguments or an impossible choice.
 * Reasons go to stderr.
 */
export async function runCommand<Choice>(
  { usage, read, run }: Command<Choice>,
  args: readonly string[],
): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  let choice: Choice;
  try {
    choice = read(args);
  } catch (error) {
    const reason = reasonOf(error);
    console.error(reason.includes(usage) ? reason : `${reason}\n${usage.split("\n", 1)[0]}`);
    return 2;
  }
  try {
    return await run(choice);
  } catch (error) {
    // The stack of an `Impossible` would only say where the choice was read.
    console.error(error instanceof Impossible ? error.message : error);
    return error instanceof Impossible ? 2 : 1;
  }
}

/** Runs `main` and exits with its status where the module at `url` is the program that Node was started with. */
export async function exitIfStarted(
  url: string,
  main: (args: readonly string[]) => Promise<number>,
): Promise<void> {
  const [, started, ...args] = process.argv;
  if (started !== undefined && pathToFileURL(started).href === url) process.exit(await main(args));
}

/** The absolute path. Relative paths start where npm was called. */
export function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/** Waits for something that the arguments name. Throws `Impossible` with the reason if it cannot be opened. */
export async function orImpossible<Value>(opening: Promise<Value>): Promise<Value> {
  try {
    return await opening;
  } catch (cause) {
    throw new Impossible(reasonOf(cause), { cause });
  }
}

/** The exit status of a command that Ctrl-C ended: 128 and the signal's number. */
export const INTERRUPTED = 130;

/**
 * Runs `work` with a signal that Ctrl-C or SIGTERM aborts, and prints that it is stopping. A second Ctrl-C exits at once.
 * A SIGTERM after the first signal is ignored: npm sends one if it ends before this process.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted && signal === "SIGINT") process.exit(INTERRUPTED);
    if (stopping.signal.aborted) return;
    console.log("stopping; the same command goes on from here");
    stopping.abort(new Error("interrupted"));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work(stopping.signal);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
