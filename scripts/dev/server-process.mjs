/** The built server as a child process, on a port of its own that stays the same over restarts. */
import { fork } from "node:child_process";
import { once } from "node:events";

const STOPS_WITHIN_MS = 15_000;

/**
 * @param {string} program the server's main module
 * @param {NodeJS.ProcessEnv} environment its PORT and HOST are replaced
 */
export function createServerProcess(program, environment) {
  let child = null;
  let port = 0;
  let isClosed = false;

  /** Resolves with what the server says when it answers. @throws {Error} when it ends before that */
  async function start() {
    if (isClosed) throw new Error("the server is closed");
    const started = fork(program, {
      env: { ...environment, HOST: "127.0.0.1", PORT: String(port), PUBLIC_URL: "" },
      // A Ctrl-C in the terminal reaches the whole process group; the server must hear of it once.
      detached: true,
      execArgv: [],
      // Standard output carries the server's own address, which is not the one to open.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child = started;
    const abandoned = new AbortController();
    const { signal } = abandoned;
    const ready = once(started, "message", { signal }).then(([message]) => message);
    const ended = once(started, "exit", { signal }).then(([code, by]) => {
      throw new Error(`the server ended with ${by ?? `exit code ${code}`}`);
    });
    try {
      const message = await Promise.race([ready, ended]);
      port = Number(new URL(message.url).port);
      return message;
    } finally {
      for (const promise of [ready, ended]) promise.catch(() => undefined);
      abandoned.abort();
    }
  }

  /** Asks the server to end, and ends it after a while; resolves when it is gone. */
  async function stop() {
    const stopping = child;
    if (stopping === null || stopping.exitCode !== null || stopping.signalCode !== null) return;
    const ended = once(stopping, "exit");
    stopping.kill("SIGTERM");
    const timer = setTimeout(() => stopping.kill("SIGKILL"), STOPS_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  return {
    start,
    async restart() {
      await stop();
      await start();
    },
    /** Ends the server for good, also in the middle of a restart. A second call makes it hurry. */
    async close() {
      isClosed = true;
      await stop();
    },
  };
}
