/**
 * What a program takes from its environment, said once: each variable with its purpose, its default and what it may
 * hold. Programs read their settings by it, and docs/configuration.md is printed from it.
 */
import { isAbsolute, resolve } from "node:path";
import { type Static, type TEnum, type TSchema, type TString, Type } from "typebox";
import { Value } from "typebox/value";
import { places } from "./places.ts";

/** The variables of a process, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One variable. Its value is text: what it stands for is the program's affair. */
export type Variable<Schema extends TSchema = TSchema> = {
  /** What the text may be. */
  readonly schema: Schema;
  /** The same in words, as they follow "must be". */
  readonly accepts: string;
  /** What it is for. */
  readonly description: string;
  /** Taken where the variable is not set or blank. Where it does not fit the schema, the variable must be set. */
  readonly default: string;
  readonly example: string;
  /** A secret's value appears in no message. */
  readonly isSecret?: true;
};

/** The variables of a program, by name. */
export type Variables = Readonly<Record<string, Variable>>;

/** The checked text of each variable. */
export type Values<Of extends Variables> = {
  readonly [Name in keyof Of]: Static<Of[Name]["schema"]>;
};

/** A wrong variable: `path` is its name, and `message` goes on from there and quotes the value. */
export type EnvironmentProblem = { readonly path: string; readonly message: string };

/** The values, or every problem at once. */
export type EnvironmentOutcome<Value> =
  | { readonly ok: true; readonly values: Value }
  | { readonly ok: false; readonly problems: readonly EnvironmentProblem[] };

/** Reads and checks `variables`, and nothing else of the environment. No message shows a secret or a password. */
export function readEnvironment<const Of extends Variables>(
  variables: Of,
  environment: Environment,
): EnvironmentOutcome<Values<Of>> {
  const texts = Object.entries(variables).map(
    ([name, variable]) => [name, environment[name]?.trim() || variable.default] as const,
  );
  const problems = texts.flatMap(([name, text]) => problemsOf(name, variables[name] as Variable, text));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, values: Object.fromEntries(texts) as Values<Of> };
}

function problemsOf(path: string, variable: Variable, text: string): readonly EnvironmentProblem[] {
  // Annotated: as a type guard it would leave `never` of the text that does not fit.
  const fits: boolean = Value.Check(variable.schema, text);
  if (fits) return [];
  const shown = variable.isSecret ? `${text.length} characters` : `"${withoutPassword(text)}"`;
  return [{ path, message: `must be ${variable.accepts}, got ${shown}` }];
}

/** Hides what stands before the last `@` as a password, and a password among an address' parameters. */
function withoutPassword(text: string): string {
  return text.replace(/^(\w+:\/\/)?([^:@]*):.*@/s, "$1$2:***@").replace(/(password=)[^&]*/gi, "$1***");
}

/** One line for each problem, as a program prints them before it ends. */
export function environmentProblemLines(problems: readonly EnvironmentProblem[]): string {
  return problems.map(({ path, message }) => `${path} ${message}`).join("\n");
}

/** What is said of every kind of variable. */
type Notes = Pick<Variable, "description" | "default" | "example">;

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  notes: Notes,
): Variable<TEnum<Words[number][]>> {
  const accepts = `one of ${words.map((word) => `"${word}"`).join(", ")}`;
  return { schema: Type.Enum([...words] as Words[number][]), accepts, ...notes };
}

/** The path of a folder. `folderPath` makes it absolute. */
export function folder(notes: Notes): Variable<TString> {
  return { schema: Type.String(), accepts: "a folder", ...notes };
}

/** The absolute path of a folder; `cwd` is what a relative one is relative to. */
export function folderPath(path: string, cwd: string): string {
  return isAbsolute(path) ? path : resolve(cwd, path);
}

/** How much a program writes to its log. */
export const logLevel = oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
  description: "The least level of log lines that are written.",
  default: "info",
  example: "warn",
});

/** Where a program finds the sample data. */
export const datasetsFolder = folder({
  description:
    "Sample data: a folder with one folder per data set: IDX files, CIFAR's binary files, or pictures by class.",
  default: places.datasets,
  example: "/srv/tributary/datasets",
});
