/** What runs on this machine, for tests that must leave no process behind. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * @param {string} text
 * @returns {string[]} the command lines of the running processes that contain `text`, sorted
 */
export function processesNaming(text) {
  return commandLines()
    .filter((line) => line.includes(text))
    .sort();
}

function commandLines() {
  if (!existsSync("/proc/self/cmdline")) {
    return execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).split("\n");
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      } catch {
        // It has ended meanwhile.
        return "";
      }
    });
}
