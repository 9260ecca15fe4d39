/** Keeps one compute process running as a child of the server. */
import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { type ComputeMessage, type ComputeSettings, computeProgram } from "@tributary/compute";
import { deferred, type Log, reasonOf } from "@tributary/platform";

/** The child, whichever process it is at the moment. */
export type ComputeProcess = {
  /** Resolves after `stop`, when no child is left. */
  readonly exited: Promise<void>;
  /** The process id of the child that runs now; null between two. */
  pid(): number | null;
  /** Lets the child give back its job and end, and kills it where that takes more than 5 s. */
  stop(): Promise<void>;
};

const STOP_WITHIN_MS = 5_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** A child that lived this long has its next start at the first delay again. */
const STEADY_MS = 60_000;

/**
 * Forks the built compute process, and again with growing delays whenever it dies. The settings go by message, so
 * that the database's password is in no command line. What the child and its native libraries say goes to `log`.
 */
export function startComputeProcess(options: ComputeSettings & { readonly log: Log }): ComputeProcess {
  const { log, ...settings } = options;
  const exited = deferred();
  const delays = createDelays();
  let child: ChildProcess | null = null;
  let retry: NodeJS.Timeout | undefined;
  let stopping = false;

  const start = () => {
    const startedAtMs = performance.now();
    child = forkChild(settings, log);
    onceEnded(child, (code, signal) => {
      child = null;
      if (stopping) return exited.resolve();
      const retryMs = delays.after(performance.now() - startedAtMs);
      log.warn({ code, signal, retryMs }, "the compute process ended; starting it again");
      retry = setTimeout(start, retryMs);
    });
  };
  start();

  return {
    exited: exited.promise,
    pid: () => child?.pid ?? null,
    async stop() {
      stopping = true;
      clearTimeout(retry);
      if (child === null) exited.resolve();
      else endChild(child);
      await exited.promise;
    },
  };
}

/** Delays that double with every child that dies young. */
function createDelays() {
  let nextMs = FIRST_RETRY_MS;
  return {
    after(livedMs: number): number {
      const delayMs = livedMs > STEADY_MS ? FIRST_RETRY_MS : nextMs;
      nextMs = Math.min(2 * delayMs, LAST_RETRY_MS);
      return delayMs;
    },
  };
}

function forkChild(settings: ComputeSettings, log: Log): ChildProcess {
  const child = fork(computeProgram, { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: [] });
  child.on("message", (received: ComputeMessage) => log[received.level](received.fields, received.message));
  child.on("error", (error) => log.error({ reason: reasonOf(error) }, "the compute process has a fault"));
  // Native libraries write there what they like: as lines of the log they do not break its JSON.
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (line.trim() !== "") log.warn({ stream: "stderr", pid: child.pid }, `compute process: ${line}`);
    });
  }
  child.send(settings);
  return child;
}

/** A process that could not be made at all has no exit. */
function onceEnded(child: ChildProcess, ended: (code: number | null, signal: string | null) => void): void {
  if (child.pid === undefined) child.once("error", () => ended(null, null));
  else child.once("exit", ended);
}

/** The child ends when the channel to its parent closes. */
function endChild(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  child.once("exit", () => clearTimeout(timer));
}
