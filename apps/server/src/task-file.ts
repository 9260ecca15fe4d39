/** A task's definition as the text of a file. Pure. */
import {
  definitionOf,
  describeProblems,
  type Problem,
  schemaProblems,
  type Task,
  TaskDefinition,
  type TaskReference,
} from "@tributary/protocol";
import { checkTask } from "@tributary/rounds";

export type TaskFile =
  | { readonly outcome: "read"; readonly definition: TaskDefinition }
  /** `reason`: one line that quotes what is wrong. */
  | { readonly outcome: "refused"; readonly reason: string };

/** Reads a definition, and refuses one that no run could train. */
export function readTaskFile(text: string): TaskFile {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    return { outcome: "refused", reason: `must be JSON: ${error instanceof Error ? error.message : error}` };
  }
  const problems = definitionProblems(value);
  if (problems.length > 0) return { outcome: "refused", reason: describeProblems(problems) };
  return { outcome: "read", definition: value as TaskDefinition };
}

function definitionProblems(value: unknown): readonly Problem[] {
  const problems = schemaProblems(TaskDefinition, value);
  if (problems.length > 0) return problems;
  return checkTask({ ...(value as TaskDefinition), version: 1 });
}

/** A version as the file that an import takes. */
export function taskFile(task: Task): string {
  return `${JSON.stringify(definitionOf(task), null, 2)}\n`;
}

/** `task "fashion-mnist", version 2` */
export function describeReference({ id, version }: TaskReference): string {
  return `task "${id}", version ${version}`;
}
