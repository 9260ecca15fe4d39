/** Writes a run's whole export into a folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Storage } from "@tributary/storage";
import { exportFileNames, readExportFile } from "./run-files.ts";

/** Returns the names of the files written below `directory`. Throws when the store has no such run. */
export async function exportRun(
  storage: Storage,
  run: string,
  directory: string,
): Promise<readonly string[]> {
  const stored = await storage.runs.find(run);
  if (stored === null) throw new Error(`there is no run "${run}" to export`);
  const names = await exportFileNames(storage, stored);
  for (const name of names) {
    const file = await readExportFile(storage, stored, name);
    if (file === null) throw new Error(`run "${run}" lost its file ${name} while it was exported`);
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), file.body);
  }
  return names;
}
