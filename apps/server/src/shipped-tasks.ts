/** The tasks that come with the server: built in, or beside a data set as `task.json`. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { codeOf, reasonOf } from "@tributary/platform";
import {
  definitionOf,
  fashionMnistTask,
  paperFashionMnistTask,
  type TaskDefinition,
} from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import { readTaskFile } from "./task-file.ts";

const builtIn = [fashionMnistTask, paperFashionMnistTask].map(definitionOf);

/**
 * Adds every shipped task that no version of the store holds yet: a version that an operator made after it stays the
 * newest. A file that is no task is named in the log and left out.
 */
export async function addShippedTasks(
  { tasks }: Pick<Storage, "tasks">,
  datasetsDirectory: string,
  warn: (message: string) => void,
): Promise<void> {
  for (const definition of [...builtIn, ...(await tasksBesideData(datasetsDirectory, warn))]) {
    const versions = await tasks.versions(definition.id);
    const isKnown = versions.some(({ task }) => isDeepStrictEqual(definitionOf(task), definition));
    if (!isKnown) await tasks.add(definition);
  }
}

async function tasksBesideData(
  directory: string,
  warn: (message: string) => void,
): Promise<readonly TaskDefinition[]> {
  const found: TaskDefinition[] = [];
  for (const folder of await foldersIn(directory)) {
    const file = join(directory, folder, "task.json");
    try {
      const outcome = readTaskFile(await readFile(file, "utf8"));
      if (outcome.outcome === "read") found.push(outcome.definition);
      else warn(`${file} is left out: ${outcome.reason}`);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") warn(`${file} is left out: ${reasonOf(error)}`);
    }
  }
  return found;
}

/** In the order of their names; none where there is no such folder. */
async function foldersIn(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
