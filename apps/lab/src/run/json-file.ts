/** Files of a run's folder: read against a schema, and replaced in one step. */
import { rename, writeFile } from "node:fs/promises";
import { readTextIfThere } from "@tributary/platform";
import { describeProblem, schemaProblems } from "@tributary/protocol";
import type { TSchema } from "typebox";

/** Replaces a file in one step: a reader sees the old content or the new, also after a kill. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  // The name is no one else's: what stands there was left by a kill.
  const draft = `${path}.tributary-draft`;
  await writeFile(draft, content);
  await rename(draft, path);
}

/** null if there is no such file. Throws an Error with the file's name and the first problem if it does not fit. */
export async function readChecked<Value>(path: string, schema: TSchema): Promise<Value | null> {
  const text = await readTextIfThere(path);
  return text === null ? null : (checked(path, schema, parseJson(text)) as Value);
}

/** Returns `value`. Throws an Error with the file's name and the first problem if it does not fit. */
export function checked(path: string, schema: TSchema, value: unknown): unknown {
  const [problem] = schemaProblems(schema, value, 1);
  if (problem !== undefined) throw new Error(`${path} is damaged: ${describeProblem(problem)}`);
  return value;
}

/** undefined where it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
