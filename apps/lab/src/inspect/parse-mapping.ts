/** The options `--map FOLDER=CLASS` of a command line. Pure. */
import type { FolderMapping } from "@tributary/datasets";
import { exactClassName } from "@tributary/protocol";

/**
 * Reads "FOLDER=CLASS", where the class is a name of the task, and "FOLDER=", which leaves the folder out. Names may hold "="
 * themselves. Throws an Error that quotes the option that names no class.
 */
export function parseMapping(options: readonly string[], classNames: readonly string[]): FolderMapping {
  const labels = new Map(classNames.map((name, label) => [exactClassName(name), label]));
  return Object.fromEntries(options.map((option) => parseOne(option, labels, classNames)));
}

function parseOne(
  option: string,
  labels: ReadonlyMap<string, number>,
  classNames: readonly string[],
): readonly [string, number | null] {
  const parts = option.split("=");
  for (let at = 1; at < parts.length; at++) {
    const [folder, name] = [parts.slice(0, at).join("="), exactClassName(parts.slice(at).join("="))];
    const label = name === "" ? null : labels.get(name);
    if (folder !== "" && label !== undefined) return [folder, label];
  }
  throw new Error(
    `expected --map FOLDER=CLASS with a class of the task (${classNames.join(", ")}), got ${JSON.stringify(option)}`,
  );
}
