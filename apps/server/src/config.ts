/**
 * Environment -> checked text -> values: `serverVariables` says what each variable may hold, and `Config` is what the
 * server works with. Every wrong variable is named with its value, all of them at once.
 */
import { computeBackend, tensorflowVariable } from "@tributary/backends/config";
import { places } from "@tributary/platform";
import {
  datasetsFolder,
  type Environment,
  type EnvironmentProblem,
  folder,
  folderPath,
  logLevel,
  oneOf,
  readEnvironment,
  type Values,
} from "@tributary/platform/environment";
import { Type } from "typebox";

/** Every variable that the server reads. */
export const serverVariables = {
  HOST: {
    schema: Type.String({ pattern: "^\\S+$" }),
    accepts: "an address or host name to listen on",
    description: "The address to listen on. `0.0.0.0` listens on all of them.",
    default: "127.0.0.1",
    example: "0.0.0.0",
  },
  PORT: {
    schema: Type.Refine(Type.String({ pattern: "^[0-9]{1,5}$" }), (text) => Number(text) <= 65_535),
    accepts: "a port, 0 (any free one) to 65535",
    description: "The port to listen on. 0 takes any free one.",
    default: "8080",
    example: "80",
  },
  DATABASE_URL: {
    schema: Type.String({ pattern: "^(|postgres(ql)?://[^\\s/]+.*)$" }),
    accepts: "a postgres:// address, or nothing for the embedded PostgreSQL",
    description:
      "A PostgreSQL of version 15 or newer. Not set: the server starts the embedded one and keeps its files in TRIBUTARY_HOME.",
    default: "",
    example: "postgres://tributary:secret@db.example.org/tributary",
  },
  TRIBUTARY_HOME: folder({
    description: "What the server keeps: the embedded database's files, the first admin token, its keys.",
    default: places.home,
    example: "/var/lib/tributary-server",
  }),
  TRIBUTARY_DATASETS: datasetsFolder,
  TRIBUTARY_PAGES: folder({
    description: "The built pages.",
    default: places.pages,
    example: "/srv/tributary/pages",
  }),
  COMPUTE: oneOf(["child", "none"], {
    description:
      '"child" starts a compute process with the server. "none" leaves the work to compute processes elsewhere, on the same database.',
    default: "child",
    example: "none",
  }),
  COMPUTE_BACKEND: computeBackend,
  // The compute process inherits it.
  TRIBUTARY_TENSORFLOW: tensorflowVariable,
  LOG_LEVEL: logLevel,
  PUBLIC_URL: {
    schema: Type.String({ pattern: "^(|https?://[^\\s/]+.*)$" }),
    accepts: "an http:// or https:// address, or nothing",
    description: "Where volunteers reach the server. Not set: where it listens.",
    default: "",
    example: "https://learn.example.org",
  },
  TRUST_PROXY: oneOf(["true", "false"], {
    description:
      '"true" believes the X-Forwarded headers, such as a volunteer\'s address. Only behind a proxy that sets them: a volunteer could send its own.',
    default: "false",
    example: "true",
  }),
  TRIBUTARY_ADMIN_TOKEN: {
    schema: Type.String({ pattern: "^([\\x21-\\x7e]{16,200})?$" }),
    accepts: "16 to 200 printable characters without spaces, or nothing for a generated token",
    description:
      "A fixed first admin token. Not set: one is generated, printed once and kept in TRIBUTARY_HOME.",
    default: "",
    example: "a-long-random-text-of-your-own",
    isSecret: true,
  },
  TRIBUTARY_DEMO_RUN: oneOf(["create", "none"], {
    description: '"create" adds a run to an empty database, so that the pages have something to show.',
    default: "create",
    example: "none",
  }),
  TRIBUTARY_READY_JSON: oneOf(["0", "1"], {
    description:
      '1 prints `{"type":"ready","url":...,"adminToken":...}` in a line of its own once the server answers, for programs that start it.',
    default: "0",
    example: "1",
  }),
} as const;

/** The settings of a server. */
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
  readonly computeBackend: Texts["COMPUTE_BACKEND"];
  /** child: a compute process of its own is started; none: it runs elsewhere, on the same database. */
  readonly compute: Texts["COMPUTE"];
  readonly logLevel: Texts["LOG_LEVEL"];
  /** Where volunteers reach the server, without a slash at the end; null: where it listens. */
  readonly publicUrl: string | null;
  readonly trustProxy: boolean;
  /** A fixed first admin token; null: one is generated. */
  readonly adminToken: string | null;
  readonly demoRun: Texts["TRIBUTARY_DEMO_RUN"];
  /** Says `{"type":"ready","url":...,"adminToken":...}` in a line of its own, for programs that start the server. */
  readonly readyJson: boolean;
};

/** The checked settings, or every wrong variable. */
export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly EnvironmentProblem[] };

/** Reads and checks the environment. `cwd` is what relative folders are relative to. */
export function readConfig(environment: Environment, cwd: string): ConfigOutcome {
  const outcome = readEnvironment(serverVariables, environment);
  return outcome.ok ? { ok: true, config: configOf(outcome.values, cwd) } : outcome;
}

type Texts = Values<typeof serverVariables>;

function configOf(texts: Texts, cwd: string): Config {
  return {
    host: texts.HOST,
    port: Number(texts.PORT),
    database:
      texts.DATABASE_URL === "" ? { kind: "embedded" } : { kind: "external", url: texts.DATABASE_URL },
    homeDirectory: folderPath(texts.TRIBUTARY_HOME, cwd),
    datasetsDirectory: folderPath(texts.TRIBUTARY_DATASETS, cwd),
    pagesDirectory: folderPath(texts.TRIBUTARY_PAGES, cwd),
    computeBackend: texts.COMPUTE_BACKEND,
    compute: texts.COMPUTE,
    logLevel: texts.LOG_LEVEL,
    publicUrl: texts.PUBLIC_URL === "" ? null : texts.PUBLIC_URL.replace(/\/+$/, ""),
    trustProxy: texts.TRUST_PROXY === "true",
    adminToken: texts.TRIBUTARY_ADMIN_TOKEN === "" ? null : texts.TRIBUTARY_ADMIN_TOKEN,
    demoRun: texts.TRIBUTARY_DEMO_RUN,
    readyJson: texts.TRIBUTARY_READY_JSON === "1",
  };
}
