/**
 * A file that says which process works on a folder: two commands at once would write over each other. It is plain
 * JavaScript because the setup takes a lock before anything is compiled.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const RETRY_MS = 100;
/** How exactly a process's start and a file's time compare. */
const CLOCK_SLACK_MS = 2_000;
/** Linux counts a process's start in hundredths of a second. */
const TICK_MS = 10;

/** Another process has the lock, or another part of this one. */
export class LockHeld extends Error {}

/** The locks of this process. A file that holds its id and is not here was left by an earlier process of that id. */
const mine = new Set();

/**
 * Takes the lock at `path`, also that of a process that is gone.
 * @param {string} path a file in a folder that is there; it holds the process id of who has the lock
 * @param {{ waitMs?: number, onWait?: () => void }} [options] `waitMs`: how long to wait for who has it, by default
 *   for ever; `onWait`: called once when it has to wait
 * @returns {Promise<() => void>} gives the lock back
 * @throws {LockHeld} after `waitMs`; it names the process that has the lock
 */
export async function takeLock(path, { waitMs = Number.POSITIVE_INFINITY, onWait } = {}) {
  for (let waitedMs = 0; !tryTake(path); ) {
    const owner = readOwner(path);
    if (owner === null) continue;
    if (!hasLock(owner, path)) clearDead(path, owner.pid);
    else if (waitedMs >= waitMs) throw heldBy(owner.pid, path);
    else {
      if (waitedMs === 0) onWait?.();
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      waitedMs += RETRY_MS;
    }
  }
  mine.add(path);
  return () => {
    rmSync(path, { force: true });
    mine.delete(path);
  };
}

/**
 * @param {number} pid
 * @param {string} path
 */
function heldBy(pid, path) {
  return new LockHeld(
    `${dirname(path)} is being worked on by process ${pid}; if that is another program, delete ${path}`,
  );
}

/**
 * The file appears with its content or not at all: a link to a finished file is made in one step.
 * @param {string} path
 */
function tryTake(path) {
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Who took the lock, and when; null where it has been given back meanwhile.
 * @param {string} path
 * @returns {{ pid: number, tookAtMs: number } | null}
 */
function readOwner(path) {
  try {
    return { pid: Number(readFileSync(path, "utf8")), tookAtMs: statSync(path).mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/**
 * Whether the process that took the lock still runs: one of that id does, and it started before the lock was taken.
 * @param {{ pid: number, tookAtMs: number }} owner
 * @param {string} path
 */
function hasLock({ pid, tookAtMs }, path) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return mine.has(path);
  return isAlive(pid) && (startOf(pid) ?? 0) <= tookAtMs + CLOCK_SLACK_MS;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is alive and belongs to another user.
    return codeOf(error) === "EPERM";
  }
}

/**
 * When a process started, in milliseconds since 1970; null where the system does not say: only Linux has /proc.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const bootedAtS = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    // The name, in parentheses, may hold spaces; the start is the 20th field after it (proc_pid_stat(5)).
    const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) ?? "";
    const startMs = bootedAtS * 1000 + Number(afterName.split(" ")[19]) * TICK_MS;
    return Number.isFinite(startMs) ? startMs : null;
  } catch {
    return null;
  }
}

/**
 * Renaming comes first: if two saw the same dead owner, only one removes its file, and a new owner's is put back.
 * @param {string} path
 * @param {number} pid
 */
function clearDead(path, pid) {
  const grave = `${path}.${process.pid}.grave`;
  try {
    renameSync(path, grave);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (Object.is(readOwner(grave)?.pid, pid)) rmSync(grave, { force: true });
  else renameSync(grave, path);
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : null;
}
