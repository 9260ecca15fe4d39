/** The real server as a child process, with a fresh home, on a free port; and its end, Postgres included. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const ENTRY = join(REPOSITORY, "apps/server/dist/main.js");
const READY_WITHIN_MS = 120_000;
const STOPS_WITHIN_MS = 30_000;
const KEPT_LOG_LINES = 200;

export type ServerProcess = {
  readonly url: string;
  readonly token: string;
  /** Rejects when the process ends without having been asked to. */
  readonly died: Promise<never>;
  /** The newest lines of its log. */
  logTail(): string;
  /** kill -9 of the server alone; its Postgres and its volunteers stay. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and the same home. */
  restart(): Promise<void>;
  /** Ends all of it and removes its home. Further calls wait for the first. */
  stop(): Promise<void>;
};

/** @param environment further variables for the server */
export async function startServer(
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const home = await mkdtemp(join(tmpdir(), "tributary-"));
  // Run as root, Postgres gets a user of its own, which has to pass through here.
  await chmod(home, 0o755);
  const token = `e2e-admin-token-${Math.random().toString(36).slice(2)}-0123456789`;
  const env = {
    ...process.env,
    HOST: "127.0.0.1",
    TRIBUTARY_HOME: home,
    TRIBUTARY_DEMO_RUN: "none",
    TRIBUTARY_ADMIN_TOKEN: token,
    ...environment,
  };
  return supervise({ home, token, env });
}

type Launch = {
  readonly home: string;
  readonly token: string;
  readonly env: NodeJS.ProcessEnv;
};

async function supervise({ home, token, env }: Launch): Promise<ServerProcess> {
  const watch = createWatch();
  let child = launch(env, "0", watch);
  const end = async (): Promise<void> => {
    watch.isWanted = false;
    await endGroup(child);
    await endOrphanedPostgres(home);
    await rm(home, { recursive: true, force: true });
  };
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= end();
    return stopping;
  };

  let url: string;
  try {
    url = await untilReady(child, watch);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    token,
    died: watch.died,
    logTail: watch.logTail,
    async kill() {
      watch.isWanted = false;
      child.kill("SIGKILL");
      await hasEnded(child);
    },
    async restart() {
      child = launch(env, new URL(url).port, watch);
      await untilReady(child, watch);
    },
    stop,
  };
}

/** What is known of the server over all of its starts. */
type Watch = {
  /** Whether an end of the process is unexpected. */
  isWanted: boolean;
  readonly lines: string[];
  logTail(): string;
  readonly died: Promise<never>;
  readonly reportDeath: (error: Error) => void;
};

function createWatch(): Watch {
  let reportDeath: (error: Error) => void = () => undefined;
  const died = new Promise<never>((_, reject) => {
    reportDeath = reject;
  });
  died.catch(() => undefined);
  const lines: string[] = [];
  return { isWanted: true, lines, logTail: () => lines.join("\n"), died, reportDeath };
}

function launch(env: NodeJS.ProcessEnv, port: string, watch: Watch): ChildProcess {
  watch.isWanted = true;
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...env, PORT: port },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  keepLines(child, watch.lines);
  child.on("error", watch.reportDeath);
  child.on("exit", (code, signal) => {
    if (!watch.isWanted) return;
    watch.reportDeath(new Error(`the server ended by itself (${signal ?? code}):\n${watch.logTail()}`));
  });
  return child;
}

function keepLines(child: ChildProcess, lines: string[]): void {
  const keep = (part: Buffer) => {
    lines.push(...part.toString("utf8").split("\n").filter(Boolean));
    lines.splice(0, lines.length - KEPT_LOG_LINES);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
}

/** The address at which the server says that it answers. @throws {Error} when it ends, or takes over two minutes */
async function untilReady(child: ChildProcess, watch: Watch): Promise<string> {
  const signal = AbortSignal.timeout(READY_WITHIN_MS);
  const ready = once(child, "message", { signal }).catch((cause: unknown) => {
    const waited = `the server was not ready within ${READY_WITHIN_MS / 1000} s`;
    throw new Error(`${waited}:\n${watch.logTail()}`, { cause });
  });
  const [message] = await Promise.race([ready, watch.died]);
  return (message as { url: string }).url;
}

async function hasEnded(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Asks the server to end; then ends whatever is left of its process group. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    const abandon = new AbortController();
    await Promise.race([
      hasEnded(child),
      sleep(STOPS_WITHIN_MS, undefined, { signal: abandon.signal }).catch(() => undefined),
    ]);
    abandon.abort();
  }
  signalProcess(child.pid === undefined ? 0 : -child.pid, "SIGKILL");
}

/** A server that crashed leaves its Postgres running, for the next start to take; here there is no next start. */
async function endOrphanedPostgres(home: string): Promise<void> {
  const names = await readdir(home, { recursive: true }).catch(() => []);
  for (const name of names.filter((name) => name.endsWith("postmaster.pid"))) {
    const text = await readFile(join(home, name), "utf8").catch(() => "");
    const pid = Number(text.split("\n")[0]);
    signalProcess(pid, "SIGQUIT");
    for (let waitedMs = 0; signalProcess(pid, 0); waitedMs += 50) {
      if (waitedMs > STOPS_WITHIN_MS) throw new Error(`the server's PostgreSQL, process ${pid}, did not end`);
      await sleep(50);
    }
  }
}

/** False when there is no such process. */
function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (!Number.isSafeInteger(pid) || pid === 0) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
