/** A task's definition beside its data. */
import { readFile } from "node:fs/promises";
import { reasonOf } from "@tributary/platform";
import { describeProblems, schemaProblems } from "@tributary/protocol";
import type { Static, TSchema } from "typebox";

/** The file of a folder that says what its data are for. */
export const TASK_FILE = "task.json";

/** Reads the JSON file at `path` as `schema`. Throws an Error that quotes the file and every problem of it. */
export async function readTaskJson<Schema extends TSchema>(
  path: string,
  schema: Schema,
): Promise<Static<Schema>> {
  let given: unknown;
  try {
    given = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
  const problems = schemaProblems(schema, given);
  if (problems.length > 0) throw new Error(`${path}: ${describeProblems(problems)}`);
  return given as Static<Schema>;
}
