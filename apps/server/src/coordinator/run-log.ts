import type { Log } from "@tributary/platform";

/** A log that adds to every line the run and its current round, unless the line names another round. */
export function logOfRun(log: Log, run: string, round: () => number): Log {
  const inRun = (fields: object) => ({ run, round: round(), ...fields });
  return {
    info: (fields, message) => log.info(inRun(fields), message),
    warn: (fields, message) => log.warn(inRun(fields), message),
    error: (fields, message) => log.error(inRun(fields), message),
  };
}
