/** A file that says which process works on a folder: two commands at once would write over each other. */
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "./reason-of.ts";

const RETRY_MS = 100;

/** Another process has the lock. */
export class LockHeld extends Error {}

/** The locks of this process. A file that holds its id and is not here was left by an earlier process of that id. */
const mine = new Set<string>();

/**
 * Takes the lock at `path`, also that of a process that is gone, and returns the function that gives it back. Throws
 * `LockHeld`, which names the process that has it, if that keeps it for longer than `waitMs`.
 */
export async function takeLock(
  path: string,
  { waitMs }: { readonly waitMs: number },
): Promise<() => Promise<void>> {
  if (mine.has(path)) throw heldBy(process.pid, path);
  mine.add(path);
  try {
    await takeFrom(path, waitMs);
  } catch (error) {
    mine.delete(path);
    throw error;
  }
  return async () => {
    await rm(path, { force: true });
    mine.delete(path);
  };
}

async function takeFrom(path: string, waitMs: number): Promise<void> {
  for (let waitedMs = 0; !(await tryTake(path)); ) {
    const owner = await readOwner(path);
    if (owner === null) continue;
    if (!isAlive(owner)) await clearDead(path, owner);
    else if (waitedMs >= waitMs) throw heldBy(owner, path);
    else {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      waitedMs += RETRY_MS;
    }
  }
}

function heldBy(owner: number, path: string): LockHeld {
  return new LockHeld(
    `${dirname(path)} is being worked on by process ${owner}; if that is another program, delete ${path}`,
  );
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

/** The process that has the lock; null where it has been given back meanwhile. */
async function readOwner(path: string): Promise<number | null> {
  try {
    return Number(await readFile(path, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Renaming comes first: if two saw the same dead owner, only one removes its file, and a new owner's is put back. */
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

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is alive and belongs to another user.
    return codeOf(error) === "EPERM";
  }
}
