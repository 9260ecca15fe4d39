/** For tests: the built server as a process of its own, which can be killed. */
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../dist/main.js", import.meta.url));

export type ServerProcess = {
  /** Of the volunteers' socket. */
  readonly url: string;
  /** kill -9 of the server and of its compute process. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts `node dist/main.js` on a free port and an existing database; resolves once it is ready. `environment` is
 * what it inherits.
 */
export async function startServerProcess(
  databaseUrl: string,
  environment: NodeJS.ProcessEnv,
): Promise<ServerProcess> {
  const home = await mkdtemp(join(tmpdir(), "tributary-restart-"));
  const child = fork(entry, {
    // A process group of its own, so that one signal reaches the compute process too.
    detached: true,
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...environment,
      DATABASE_URL: databaseUrl,
      PORT: "0",
      TRIBUTARY_HOME: home,
      TRIBUTARY_DEMO_RUN: "none",
      COMPUTE_BACKEND: "wasm",
      LOG_LEVEL: "error",
    },
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = new Promise<string>((resolve, reject) => {
    child.once("message", (message: { url: string }) => resolve(message.url));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
  const url = new URL("/api/volunteer", await ready);
  url.protocol = "ws:";
  const signal = async (name: "SIGKILL" | "SIGTERM", pid: number) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(pid, name);
    await exited;
    await rm(home, { recursive: true, force: true });
  };
  const pid = child.pid ?? 0;
  return { url: url.href, kill: () => signal("SIGKILL", -pid), stop: () => signal("SIGTERM", pid) };
}
