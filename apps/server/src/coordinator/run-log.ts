import type { Log } from "@tributary/platform";

/** A log whose lines all say the run, and the round that it is in unless the line speaks of another one. */
export function logOfRun(log: Log, run: string, round: () => number): Log {
  const inRun = (fields: object) => ({ run, round: round(), ...fields });
  return {
    info: (fields, message) => log.info(inRun(fields), message),
    warn: (fields, message) => log.warn(inRun(fields), message),
    error: (fields, message) => log.error(inRun(fields), message),
  };
}
