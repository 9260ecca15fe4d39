/**
 * Environment -> raw -> checked, in two steps: the raw config holds what was written or its default, still as
 * text; the checked one holds values. Every wrong variable is named with its value, all of them at once.
 */
import { isAbsolute, resolve } from "node:path";
import { places } from "@tributary/platform";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Enum([...values] as T[number][], {
    description: `one of ${values.map((value) => `"${value}"`).join(", ")}`,
  });

const aPort = "a port, 0 (any free one) to 65535";
const Port = Type.String({ pattern: "^[0-9]{1,5}$", description: aPort });
const Url = (scheme: string, description: string) =>
  Type.String({ pattern: `^(|${scheme}://[^\\s/]+.*)$`, description });

/** Every variable that the server reads, as text. Empty means: not set. */
const RawConfig = Type.Object({
  HOST: Type.String({ minLength: 1, pattern: "^\\S+$", description: "an address or host name to listen on" }),
  PORT: Port,
  DATABASE_URL: Url("postgres(ql)?", "a postgres:// address, or nothing for the embedded PostgreSQL"),
  TRIBUTARY_HOME: Type.String({ minLength: 1, description: "a folder" }),
  TRIBUTARY_DATASETS: Type.String({ minLength: 1, description: "a folder" }),
  TRIBUTARY_PAGES: Type.String({ minLength: 1, description: "a folder" }),
  COMPUTE_BACKEND: oneOf(["auto", "tensorflow", "webgpu", "wasm", "cpu"]),
  COMPUTE: oneOf(["child", "none"]),
  LOG_LEVEL: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
  PUBLIC_URL: Url("https?", "an http:// or https:// address, or nothing"),
  TRUST_PROXY: oneOf(["true", "false"]),
  TRIBUTARY_ADMIN_TOKEN: Type.String({
    pattern: "^([\\x21-\\x7e]{16,200})?$",
    description: "16 to 200 printable characters without spaces, or nothing for a generated token",
  }),
  TRIBUTARY_DEMO_RUN: oneOf(["create", "none"]),
  TRIBUTARY_READY_JSON: oneOf(["0", "1"]),
});
type RawConfig = Static<typeof RawConfig>;

export type Environment = Readonly<Record<string, string | undefined>>;

export type Config = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly database: { readonly kind: "embedded" } | { readonly kind: "external"; readonly url: string };
  /** What the server keeps beside the database: the embedded database's files, the admin token, the login key. */
  readonly homeDirectory: string;
  readonly datasetsDirectory: string;
  /** The built pages of apps/web-client. */
  readonly pagesDirectory: string;
  readonly computeBackend: RawConfig["COMPUTE_BACKEND"];
  /** child: a compute process of its own is started; none: it runs elsewhere, on the same database. */
  readonly compute: RawConfig["COMPUTE"];
  readonly logLevel: RawConfig["LOG_LEVEL"];
  /** Where volunteers reach the server, without a slash at the end; null: where it listens. */
  readonly publicUrl: string | null;
  readonly trustProxy: boolean;
  /** A fixed first admin token; null: one is generated. */
  readonly adminToken: string | null;
  readonly demoRun: RawConfig["TRIBUTARY_DEMO_RUN"];
  /** Says `{"type":"ready","url":...,"adminToken":...}` in a line of its own, for programs that start the server. */
  readonly readyJson: boolean;
};

export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads and checks the environment. `cwd` is what relative folders are relative to. */
export function readConfig(environment: Environment, cwd: string): ConfigOutcome {
  const raw = rawConfig(environment);
  const problems = rawProblems(raw);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, config: checkedConfig(raw as RawConfig, cwd) };
}

function rawConfig(environment: Environment): Record<string, string> {
  const defaults: RawConfig = {
    HOST: "127.0.0.1",
    PORT: "8080",
    DATABASE_URL: "",
    TRIBUTARY_HOME: places.home,
    TRIBUTARY_DATASETS: places.datasets,
    TRIBUTARY_PAGES: places.pages,
    COMPUTE_BACKEND: "auto",
    COMPUTE: "child",
    LOG_LEVEL: "info",
    PUBLIC_URL: "",
    TRUST_PROXY: "false",
    TRIBUTARY_ADMIN_TOKEN: "",
    TRIBUTARY_DEMO_RUN: "create",
    TRIBUTARY_READY_JSON: "0",
  };
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, environment[name]?.trim() || value]),
  );
}

function rawProblems(raw: Record<string, string>): readonly string[] {
  const problems = Object.entries(RawConfig.properties)
    .filter(([name, schema]) => !Value.Check(schema, raw[name]))
    .map(([name, schema]) => `${name} must be ${descriptionOf(schema)}, got ${shown(name, raw[name] ?? "")}`);
  if (Value.Check(Port, raw.PORT) && Number(raw.PORT) > 65_535) {
    problems.push(`PORT must be ${aPort}, got "${raw.PORT}"`);
  }
  return problems;
}

function descriptionOf(schema: object): string {
  return "description" in schema ? String(schema.description) : "something else";
}

/** A wrong value is quoted, save where it is a secret or may hold a password. */
function shown(name: string, value: string): string {
  if (name === "TRIBUTARY_ADMIN_TOKEN") return `${value.length} characters`;
  return `"${value.replace(/:[^:@/]+@/, ":***@")}"`;
}

function checkedConfig(raw: RawConfig, cwd: string): Config {
  const folder = (path: string) => (isAbsolute(path) ? path : resolve(cwd, path));
  return {
    host: raw.HOST,
    port: Number(raw.PORT),
    database: raw.DATABASE_URL === "" ? { kind: "embedded" } : { kind: "external", url: raw.DATABASE_URL },
    homeDirectory: folder(raw.TRIBUTARY_HOME),
    datasetsDirectory: folder(raw.TRIBUTARY_DATASETS),
    pagesDirectory: folder(raw.TRIBUTARY_PAGES),
    computeBackend: raw.COMPUTE_BACKEND,
    compute: raw.COMPUTE,
    logLevel: raw.LOG_LEVEL,
    publicUrl: raw.PUBLIC_URL === "" ? null : raw.PUBLIC_URL.replace(/\/+$/, ""),
    trustProxy: raw.TRUST_PROXY === "true",
    adminToken: raw.TRIBUTARY_ADMIN_TOKEN === "" ? null : raw.TRIBUTARY_ADMIN_TOKEN,
    demoRun: raw.TRIBUTARY_DEMO_RUN,
    readyJson: raw.TRIBUTARY_READY_JSON === "1",
  };
}
