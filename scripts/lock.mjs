/** A lock file, so that two commands started at once do not install or build over each other. */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const POLL_MS = 200;
const HEARTBEAT_MS = 2_000;
/** A holder that is silent this long is dead, whatever lives under its process id now. */
const SILENT_MS = 30_000;

/**
 * Takes the lock, waiting for a living holder and clearing away a dead one's.
 * @param {string} path the lock file; it holds the holder's process id
 * @param {() => void} onWait called once if somebody else holds the lock
 * @returns {Promise<() => void>} releases the lock
 */
export async function takeLock(path, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !tryTake(path); ) {
    const holder = readHolder(path);
    if (holder === null) continue;
    if (isDead(holder)) clearDead(path, holder);
    else {
      if (!told) onWait();
      told = true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    rmSync(path, { force: true });
  };
}

/** The file appears with its content or not at all: a link to a finished file is made in one step. */
function tryTake(path) {
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(path) {
  try {
    return { pid: Number(readFileSync(path, "utf8")), heardAtMs: statSync(path).mtimeMs };
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

function isDead(holder) {
  if (Date.now() - holder.heardAtMs > SILENT_MS) return true;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return error.code !== "EPERM";
  }
}

/** Renaming comes first: of two that saw the same dead holder, one wins, and a new holder's file is put back. */
function clearDead(path, holder) {
  const grave = `${path}.${process.pid}.grave`;
  try {
    renameSync(path, grave);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  if (readHolder(grave)?.pid === holder.pid) rmSync(grave, { force: true });
  else renameSync(grave, path);
}
