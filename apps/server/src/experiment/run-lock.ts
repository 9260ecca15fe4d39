/** One process at a time works on a run's folder: two commands on one --out would write over each other. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A worker whose parent was killed is gone within a moment. */
const WAIT_MS = 10_000;
const RETRY_MS = 100;

/**
 * Takes the folder's `lock` file, that of a process that is gone too; the function returned gives it back. Throws an
 * Error that names the process that keeps it.
 */
export async function takeRunLock(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "lock");
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const owner = Number(await readFile(path, "utf8").catch(() => ""));
    if (!isAlive(owner)) await rm(path, { force: true });
    else if (waitedMs >= WAIT_MS) throw new Error(`${folder} is being worked on by process ${owner}`);
    else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, and may not be asked.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
