/**
 * Entry of the compute process. Forked by a server, it takes its settings from the first message and ends with its
 * parent. Alone, on any machine that reaches the database, it reads the variables of config.ts from the environment.
 */
import { once } from "node:events";
import type { Log } from "@tributary/platform";
import { environmentProblemLines } from "@tributary/platform/environment";
import { openLog } from "@tributary/platform/log";
import { type ComputeMessage, type ComputeSettings, runComputeProcess } from "./compute-process.ts";
import { readConfig } from "./config.ts";

/** A job that does not end within this time after the order to stop is left to its lease. */
const STOP_WITHIN_MS = 4_000;

if (process.send === undefined) await standAlone();
else await serveParent();

async function serveParent(): Promise<void> {
  // A Ctrl-C reaches every process of the terminal: the parent decides when this one ends.
  process.on("SIGINT", () => undefined);
  // The parent reads it. Where that was killed, a warning must not end this process before it gives its job back.
  process.stderr.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => {
    process.once("disconnect", resolve);
    if (!process.connected) resolve();
    process.once("SIGTERM", () => resolve());
  });
  const [settings] = (await once(process, "message")) as [ComputeSettings];
  await runUntil(gone, settings, parentLog());
}

async function standAlone(): Promise<void> {
  const outcome = readConfig(process.env, process.cwd());
  if (!outcome.ok) fatal(environmentProblemLines(outcome.problems));
  const { logLevel, ...settings } = outcome.config;
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await runUntil(
    stopped,
    settings,
    openLog({ level: logLevel, name: "compute", isTerminal: process.stderr.isTTY }),
  );
}

async function runUntil(end: Promise<void>, settings: ComputeSettings, log: Log): Promise<never> {
  void end.then(() => setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref());
  try {
    const running = await runComputeProcess(settings, log);
    await end;
    await running.stop();
  } catch (error) {
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      "compute ends",
    );
    process.exit(1);
  }
  // The native WebGPU of Node keeps threads that would hold the process.
  process.exit(0);
}

function parentLog(): Log {
  const send = (level: ComputeMessage["level"]) => (fields: object, message: string) => {
    if (process.connected) process.send?.({ level, fields, message } satisfies ComputeMessage);
  };
  return { info: send("info"), warn: send("warn"), error: send("error") };
}

function fatal(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
