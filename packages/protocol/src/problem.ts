/** How every part says that a value is wrong. Problems travel as data; nothing reads them back from prose. */
import { type Static, Type } from "typebox";
import { exact } from "./schema-parts.ts";

/**
 * `path` is a JSON pointer (RFC 6901) to the wrong value: "/plan/cohort/quorum", or "" for the whole value. `message`
 * goes on from there and quotes the value: "must be at least 1, got 0".
 */
export const Problem = exact({ path: Type.String(), message: Type.String() });
export type Problem = Static<typeof Problem>;

/** "/plan/rounds must be at least 1, got 0". `whole` is what the whole value is called. */
export function describeProblem({ path, message }: Problem, whole = "the value"): string {
  return `${path === "" ? whole : path} ${message}`;
}

/** One line for people and logs. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => describeProblem(problem)).join("; ");
}

/** The same problems of a value that lies at `path` in a larger one. */
export function problemsBelow(path: string, problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, path: `${path}${problem.path}` }));
}
