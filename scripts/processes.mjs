/** What runs on this machine, to find processes that should have ended. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * The running processes, except this one, that have `text` in their command line or, on Linux, in the environment
 * that they were started with.
 * @param {string} text
 * @returns {{pid: number, command: string}[]}
 */
export function processesNaming(text) {
  return processes()
    .filter(
      ({ pid, command, environment }) => pid !== process.pid && `${command}${environment}`.includes(text),
    )
    .map(({ pid, command }) => ({ pid, command }));
}

function processes() {
  if (!existsSync("/proc/self/cmdline")) {
    const rows = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" }).matchAll(
      /^ *(\d+) (.*)$/gm,
    );
    return [...rows].map(([, pid, command]) => ({ pid: Number(pid), command, environment: "" }));
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
      command: readProcFile(pid, "cmdline").replaceAll("\0", " ").trim(),
      environment: readProcFile(pid, "environ"),
    }));
}

/** Nothing where the process has ended meanwhile, or belongs to another user. */
function readProcFile(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
