/** The environment of a compute process that no server has forked. */
import { isAbsolute, resolve } from "node:path";
import { places } from "@tributary/platform";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { ComputeSettings } from "./compute-process.ts";

const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Enum([...values] as T[number][], {
    description: `one of ${values.map((value) => `"${value}"`).join(", ")}`,
  });

/** Every variable that the compute process reads, as text. */
const RawConfig = Type.Object({
  DATABASE_URL: Type.String({
    pattern: "^postgres(ql)?://[^\\s/]+.*$",
    description: "the postgres:// address of the database of the server to compute for",
  }),
  TRIBUTARY_DATASETS: Type.String({ minLength: 1, description: "a folder" }),
  COMPUTE_BACKEND: oneOf(["auto", "tensorflow", "webgpu", "wasm", "cpu"]),
  LOG_LEVEL: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
});
type RawConfig = Static<typeof RawConfig>;

export type ComputeConfig = ComputeSettings & { readonly logLevel: RawConfig["LOG_LEVEL"] };

export type ConfigOutcome =
  | { readonly ok: true; readonly config: ComputeConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads and checks the environment. `cwd` is what relative folders are relative to. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ConfigOutcome {
  const defaults: RawConfig = {
    DATABASE_URL: "",
    TRIBUTARY_DATASETS: places.datasets,
    COMPUTE_BACKEND: "auto",
    LOG_LEVEL: "info",
  };
  const raw = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, environment[name]?.trim() || value]),
  );
  const problems = Object.entries(RawConfig.properties)
    .filter(([name, schema]) => !Value.Check(schema, raw[name]))
    .map(([name, schema]) => problemOf(name, schema, raw[name] ?? ""));
  if (problems.length > 0) return { ok: false, problems };
  const { DATABASE_URL, TRIBUTARY_DATASETS, COMPUTE_BACKEND, LOG_LEVEL } = raw as RawConfig;
  const datasets = isAbsolute(TRIBUTARY_DATASETS) ? TRIBUTARY_DATASETS : resolve(cwd, TRIBUTARY_DATASETS);
  const settings = { databaseUrl: DATABASE_URL, datasets, backend: COMPUTE_BACKEND };
  return { ok: true, config: { ...settings, logLevel: LOG_LEVEL } };
}

/** Quotes the wrong value, without the password that an address may hold. */
function problemOf(name: string, schema: object, value: string): string {
  const wanted = "description" in schema ? String(schema.description) : "something else";
  const wrong = value.replace(/:[^:@/]+@/, ":***@");
  return `${name} must ${name === "DATABASE_URL" ? "name" : "be"} ${wanted}, got "${wrong}"`;
}
