/** Keeps one compute process running as a child of the server. */
import { type ChildProcess, fork } from "node:child_process";
import { type ComputeMessage, type ComputeSettings, computeProgram } from "@tributary/compute";
import type { Log } from "@tributary/platform";

export type ComputeProcess = {
  /** Resolves after `stop`, when no child is left. */
  readonly exited: Promise<void>;
  /** Of the child that runs now; null between two. */
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
 * that the database's password is in no command line.
 */
export function startComputeProcess(options: ComputeSettings & { readonly log: Log }): ComputeProcess {
  const { log, ...settings } = options;
  let child: ChildProcess | null = null;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = FIRST_RETRY_MS;
  let stopping = false;
  let markExited: () => void = () => undefined;
  const exited = new Promise<void>((resolve) => {
    markExited = resolve;
  });

  const start = () => {
    const startedAtMs = Date.now();
    child = forkChild(settings, log);
    const ended = (code: number | null, signal: string | null) => {
      child = null;
      if (stopping) return markExited();
      if (Date.now() - startedAtMs > STEADY_MS) retryMs = FIRST_RETRY_MS;
      log.warn({ code, signal, retryMs }, "the compute process ended; starting it again");
      retry = setTimeout(start, retryMs);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    };
    // A process that could not be made at all has no exit.
    if (child.pid === undefined) child.once("error", () => ended(null, null));
    else child.once("exit", ended);
  };
  start();

  return {
    exited,
    pid: () => child?.pid ?? null,
    async stop() {
      stopping = true;
      clearTimeout(retry);
      if (child === null) markExited();
      else endChild(child);
      await exited;
    },
  };
}

function forkChild(settings: ComputeSettings, log: Log): ChildProcess {
  const child = fork(computeProgram, { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [] });
  child.on("message", (received: ComputeMessage) => log[received.level](received.fields, received.message));
  child.on("error", (error) => log.error({ error: String(error) }, "the compute process has a fault"));
  child.send(settings);
  return child;
}

/** The child ends when the channel to its parent closes. */
function endChild(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  child.once("exit", () => clearTimeout(timer));
}
