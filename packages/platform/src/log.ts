/** The log of a Tributary program: readable lines on a terminal, one JSON object a line anywhere else. */
import type { Writable } from "node:stream";
import { type DestinationStream, type Logger, pino } from "pino";
import { build as prettyPrinter } from "pino-pretty";

/** From the most to the least that is written. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** What a log needs to know. */
export type LogOptions = {
  /** The least level that is written. */
  readonly level: LogLevel;
  /** Says in every line which program wrote it. */
  readonly name: string;
  /** Whether a person reads the destination: a terminal. */
  readonly isTerminal: boolean;
  /** Where the lines go; standard error where it is left out, so that standard output holds results alone. */
  readonly destination?: Writable;
};

/**
 * Opens a log. Levels are words and times are ISO 8601 in UTC in both forms. Lines are written at once, so that the last
 * one before a crash is not lost.
 */
export function openLog({ level, name, isTerminal, destination }: LogOptions): Logger {
  const stream = destination ?? pino.destination({ dest: 2, sync: true });
  const options = {
    level,
    name,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, isTerminal ? prettyOn(stream) : stream);
}

function prettyOn(destination: Writable | ReturnType<typeof pino.destination>): DestinationStream {
  const translateTime = "UTC:yyyy-mm-dd'T'HH:MM:ss.l'Z'";
  const ignore = "pid,hostname,name";
  return prettyPrinter({ destination, colorize: true, singleLine: true, translateTime, ignore });
}
