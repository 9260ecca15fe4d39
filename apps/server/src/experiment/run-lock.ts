/** One process at a time works on a run's folder: two commands on one --out would write over each other. */
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
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
    if (await tryTake(path)) return () => rm(path, { force: true });
    const owner = await readOwner(path);
    if (owner === null) continue;
    if (!isAlive(owner)) await clearDead(path, owner);
    else if (waitedMs < WAIT_MS) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    else {
      throw new Error(
        `${folder} is being worked on by process ${owner}; if that is another program, delete ${path}`,
      );
    }
  }
}

/** The file appears with its content or not at all: a link to a finished file is made in one step. */
async function tryTake(path: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, String(process.pid));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** null: it has been given back meanwhile. */
async function readOwner(path: string): Promise<number | null> {
  try {
    return Number(await readFile(path, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Renaming comes first: of two that saw the same dead owner, one wins, and a new owner's file is put back. */
async function clearDead(path: string, owner: number): Promise<void> {
  const grave = `${path}.${process.pid}.grave`;
  try {
    await rename(path, grave);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (Object.is(await readOwner(grave), owner)) await rm(grave, { force: true });
  else await rename(grave, path);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, and may not be asked.
    return codeOf(error) === "EPERM";
  }
}
