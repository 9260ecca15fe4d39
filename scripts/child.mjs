/** Child processes: one whose output is kept, and one that runs in the foreground in place of the script. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program to its end and returns its output.
 * @returns {Promise<{code: number, output: string}>} `code` is 128 + the signal's number after a signal, and 127
 *   when the program could not be started
 */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const parts = [];
    child.stdout.on("data", (part) => parts.push(part));
    child.stderr.on("data", (part) => parts.push(part));
    child.on("error", (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }));
    child.on("close", (code, signal) =>
      resolve({ code: code ?? exitCodeOf(signal), output: Buffer.concat(parts).toString("utf8") }),
    );
  });
}

/** One Ctrl-C arrives twice: from the terminal, and from npm, which passes it on. */
const SAME_KEYSTROKE_MS = 300;

/**
 * Runs a program in the foreground, in a process group of its own, and passes signals on to it, so that a Ctrl-C
 * reaches it exactly once. If npm itself is killed, the program gets a SIGTERM.
 * @returns {Promise<number>} the exit code to end with
 */
export function runInForeground(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
    });
    let lastSignalAtMs = 0;
    const forward = (signal) => {
      if (Date.now() - lastSignalAtMs < SAME_KEYSTROKE_MS) return;
      lastSignalAtMs = Date.now();
      child.kill(signal);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => forward(signal));
    if (process.env.npm_lifecycle_event) onceParentIsGone(() => forward("SIGTERM"));

    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on("exit", (code, signal) => resolve(code ?? exitCodeOf(signal)));
  });
}

function onceParentIsGone(act) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 1000);
  timer.unref();
}

function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}
