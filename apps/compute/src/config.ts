/** The environment of a compute process that no server has forked. */
import { computeBackend, tensorflowVariable } from "@tributary/backends/config";
import {
  datasetsFolder,
  type Environment,
  type EnvironmentProblem,
  folderPath,
  logLevel,
  readEnvironment,
  type Values,
} from "@tributary/platform/environment";
import { Type } from "typebox";
import type { ComputeSettings } from "./compute-process.ts";

/** Every variable that the compute process reads. The backends read TRIBUTARY_TENSORFLOW themselves. */
export const computeVariables = {
  DATABASE_URL: {
    schema: Type.String({ pattern: "^postgres(ql)?://[^\\s/]+.*$" }),
    accepts: "the postgres:// address of the server's database",
    description: "The database of the server to compute for. Required.",
    default: "",
    example: "postgres://tributary:secret@db.example.org/tributary",
  },
  TRIBUTARY_DATASETS: datasetsFolder,
  COMPUTE_BACKEND: computeBackend,
  TRIBUTARY_TENSORFLOW: tensorflowVariable,
  LOG_LEVEL: logLevel,
} as const;

/** The settings of a compute process, and how much it logs. */
export type ComputeConfig = ComputeSettings & {
  readonly logLevel: Values<typeof computeVariables>["LOG_LEVEL"];
};

/** The checked settings, or every wrong variable. */
export type ConfigOutcome =
  | { readonly ok: true; readonly config: ComputeConfig }
  | { readonly ok: false; readonly problems: readonly EnvironmentProblem[] };

/** Reads and checks the environment. `cwd` is what relative folders are relative to. */
export function readConfig(environment: Environment, cwd: string): ConfigOutcome {
  const outcome = readEnvironment(computeVariables, environment);
  if (!outcome.ok) return outcome;
  const { DATABASE_URL, TRIBUTARY_DATASETS, COMPUTE_BACKEND, LOG_LEVEL } = outcome.values;
  return {
    ok: true,
    config: {
      databaseUrl: DATABASE_URL,
      datasets: folderPath(TRIBUTARY_DATASETS, cwd),
      backend: COMPUTE_BACKEND,
      logLevel: LOG_LEVEL,
    },
  };
}
