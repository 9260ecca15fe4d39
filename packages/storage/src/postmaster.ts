/** Finds, starts and stops the postgres process of a folder. Its `postmaster.pid` names the process that runs. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { readTextIfThere } from "@tributary/platform";
import { dataDirectory } from "./postgres-cluster.ts";
import type { PostgresLocation } from "./postgres-location.ts";

/** A postgres process that takes connections on a port of 127.0.0.1. */
export type Postmaster = { readonly pid: number; readonly port: number };

const READY_WITHIN_MS = 60_000;
const POLL_MS = 20;

/**
 * The postmaster of this folder, once it takes connections; null where none runs. A postmaster.pid whose process
 * is gone, or is by now another program, is removed; a postmaster that never gets ready is stopped.
 */
export async function runningPostmaster(location: PostgresLocation): Promise<Postmaster | null> {
  const found = await readPidFile(location);
  if (found === null) return null;
  const outcome = await untilReady(found.pid, location);
  if (outcome === "ready") {
    const now = await readPidFile(location);
    return now === null ? null : { pid: now.pid, port: now.port };
  }
  if (outcome === "slow") await stopPostmaster(found.pid, location);
  await rm(pidFile(location), { force: true });
  return null;
}

/**
 * Starts postgres in a process group of its own, so that a Ctrl-C in the terminal does not reach it. Throws with the
 * end of its log when it does not come up, which is also what happens when another program takes the port first: try
 * again, and it gets another port.
 */
export async function startPostmaster(location: PostgresLocation): Promise<Postmaster> {
  const port = await unusedPort();
  const log = await open(join(location.root, "postgres.log"), "a", 0o600);
  const { size } = await log.stat();
  const child = spawn(join(location.bin, "postgres"), postgresArguments(location, port), {
    ...location.user,
    cwd: "/",
    env: { LC_ALL: "C" },
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  await once(child, "spawn").finally(() => log.close());
  child.unref();
  const pid = child.pid ?? 0;
  const outcome = await untilReady(pid, location);
  if (outcome === "ready") return { pid, port };
  if (outcome === "slow") await stopPostmaster(pid, location);
  const said = (await readFile(join(location.root, "postgres.log"))).subarray(size).toString().trim();
  throw new Error(`PostgreSQL ended while starting: ${said.slice(-1000)}`);
}

/**
 * Asks for a fast shutdown, which ends open connections; after 10 s for an immediate one, after 5 s more it kills.
 * Does nothing where the process is gone. Throws where it outlives even that.
 */
export async function stopPostmaster(pid: number, location: PostgresLocation): Promise<void> {
  const steps = [
    ["SIGINT", 10_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 5_000],
  ] as const;
  for (const [signal, waitMs] of steps) {
    if (!(await isPostmaster(pid, location))) return;
    process.kill(pid, signal);
    if (await isGone(pid, location, waitMs)) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) cannot be stopped`);
}

function postgresArguments(location: PostgresLocation, port: number): readonly string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    timezone: "UTC",
    log_timezone: "UTC",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", dataDirectory(location), "-p", String(port), ...flags];
}

async function untilReady(pid: number, location: PostgresLocation): Promise<"ready" | "gone" | "slow"> {
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += POLL_MS) {
    if (!(await isPostmaster(pid, location))) return "gone";
    const found = await readPidFile(location);
    if (found?.pid === pid && found.status === "ready") return "ready";
    await sleep(POLL_MS);
  }
  return "slow";
}

async function isGone(pid: number, location: PostgresLocation, waitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += POLL_MS) {
    if (!(await isPostmaster(pid, location))) return true;
    await sleep(POLL_MS);
  }
  return false;
}

type PidFile = Postmaster & { readonly status: string };

/** Lines: 1 process, 2 data folder, 3 start time, 4 port, 5 socket folder, 6 address, 7 shared memory, 8 status. */
async function readPidFile(location: PostgresLocation): Promise<PidFile | null> {
  const text = await readTextIfThere(pidFile(location));
  if (text === null) return null;
  const lines = text.split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? "" };
}

function pidFile(location: PostgresLocation): string {
  return join(dataDirectory(location), "postmaster.pid");
}

/** Whether the process lives and is the postgres of this folder. The system reuses process numbers. */
async function isPostmaster(pid: number, location: PostgresLocation): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const command = await commandLine(pid);
  return command.includes("postgres") && command.includes(dataDirectory(location));
}

/** Empty for a process that is gone, or ended and not yet collected by its parent. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") {
    return readFile(`/proc/${pid}/cmdline`, "utf8").then(
      (text) => text.replaceAll("\0", " "),
      () => "",
    );
  }
  return promisify(execFile)("ps", ["-p", String(pid), "-o", "command="]).then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );
}

/** A TCP port of 127.0.0.1 that nobody listens on now. It is not held: postgres cannot choose a port by itself. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error(`expected a TCP port, got ${address}`);
  return address.port;
}
