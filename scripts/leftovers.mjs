/** What a test run leaves behind: temporary files, databases, processes, and files in the working tree. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesNaming } from "./processes.mjs";

/** PostgreSQL's files are here when it was started as root below a folder that its own user cannot enter. */
const SHARED_DIRECTORY = "/var/lib/tributary";
const PROCESSES_END_WITHIN_MS = 5_000;

/**
 * Call before a test run. The run must have `temporaryDirectory` as its TMPDIR, which also tells its processes from
 * those of others.
 * @param {string} root the repository
 * @param {string} [sharedDirectory]
 */
export function watchLeftovers(root, sharedDirectory = SHARED_DIRECTORY) {
  const temporaryDirectory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  // PostgreSQL, which has a user of its own under root, must be able to enter it.
  chmodSync(temporaryDirectory, 0o755);
  const before = new Set([...databasesIn(sharedDirectory), ...untrackedFiles(root)]);
  return {
    temporaryDirectory,
    /**
     * Call after the run. Ends the processes and removes the temporary files that it names.
     * @returns {Promise<string[]>} one line for each thing that the run has left
     */
    async remove() {
      const processes = await lastingProcesses(temporaryDirectory);
      for (const { pid } of processes) kill(pid);
      const files = [
        ...readdirSync(temporaryDirectory).map((name) => join(temporaryDirectory, name)),
        ...[...idleDatabasesIn(sharedDirectory), ...untrackedFiles(root)].filter((path) => !before.has(path)),
      ];
      rmSync(temporaryDirectory, { recursive: true, force: true });
      return [...processes.map(({ pid, command }) => `process ${pid}: ${command.slice(0, 200)}`), ...files];
    },
  };
}

/** Children of a process that has just ended may take a moment to follow it. */
async function lastingProcesses(text) {
  const deadlineMs = performance.now() + PROCESSES_END_WITHIN_MS;
  for (;;) {
    const processes = processesNaming(text);
    if (processes.length === 0 || performance.now() > deadlineMs) return processes;
    await sleep(100);
  }
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // ESRCH: it has ended meanwhile.
    if (error.code !== "ESRCH") throw error;
  }
}

function databasesIn(directory) {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.startsWith("data-"));
  return names.map((name) => join(directory, name));
}

/** The run's own databases have ended with its processes; one that is in use belongs to another server. */
function idleDatabasesIn(directory) {
  return databasesIn(directory).filter((path) => !isInUse(path));
}

function isInUse(database) {
  try {
    process.kill(Number(readFileSync(join(database, "data/postmaster.pid"), "utf8").split("\n")[0]), 0);
    return true;
  } catch {
    return false;
  }
}

/** None where the repository is not a git working tree. */
function untrackedFiles(root) {
  try {
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync("git", ["ls-files", "-z", "--others", "--exclude-standard"], options)
      .split("\0")
      .filter((path) => path !== "")
      .map((path) => join(root, path));
  } catch {
    return [];
  }
}
