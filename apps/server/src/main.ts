/** The server as a program: reads the environment, starts, says where it is, and stops on a signal. */
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "@tributary/platform";
import { environmentProblemLines } from "@tributary/platform/environment";
import { openLog } from "@tributary/platform/log";
import { readConfig } from "./config.ts";
import { adminTokenFile } from "./secrets.ts";
import { closedTogether, type RunningServer, startServer } from "./start.ts";

const forcedWithinMs = 5000;
const usage = "usage: npm start, configured by environment variables: see docs/configuration.md";
const args = process.argv.slice(2);
if (args.includes("--help")) {
  console.log(usage);
  process.exit(0);
}
if (args.length > 0) {
  console.error(`expected no arguments, got ${JSON.stringify(args.join(" "))}\n${usage}`);
  process.exit(2);
}
const outcome = readConfig(process.env, process.cwd());
if (!outcome.ok) {
  console.error(environmentProblemLines(outcome.problems));
  process.exit(2);
}
const { config } = outcome;
// Standard output carries the addresses only; the log goes to standard error.
const log = openLog({ level: config.logLevel, name: "server", isTerminal: process.stderr.isTTY });
const resources = closedTogether(log);
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(0));
// A program that started the server over a channel and has gone would leave it behind.
process.once("disconnect", () => {
  if (!stopping) void stop(0);
});
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    log.fatal({ err: error }, event);
    void stop(1);
  });
}

const starting = startServer(config, { log, resources });
try {
  announce(await starting);
} catch (error) {
  if (!stopping) console.error(reasonOf(error));
  log.debug({ err: error }, "the start failed");
  await stop(1);
}

/** The second call does not wait for order, and not for long. */
async function stop(code: number): Promise<void> {
  const forced = stopping;
  stopping = true;
  if (forced) {
    await Promise.race([resources.abandon(), sleep(forcedWithinMs)]);
  } else {
    // A start under way may hold a database process that is not among the resources yet.
    await starting.catch(() => undefined);
    await resources.close();
  }
  process.exit(forced ? 1 : code);
}

/** A generated token is printed once, at the start that makes it: a log that is kept must not hold it for good. */
function announce({ url, adminToken, isNewToken }: RunningServer): void {
  const tokenFile = adminTokenFile(config.homeDirectory);
  console.log(`Volunteer page: ${url}/`);
  console.log(`Dashboard:      ${url}/admin`);
  if (config.adminToken !== null) console.log("Admin token:    the one in TRIBUTARY_ADMIN_TOKEN");
  else if (isNewToken) console.log(`Admin token:    ${adminToken}\n                (kept in ${tokenFile})`);
  else console.log(`Admin token:    in ${tokenFile}`);
  const ready = { type: "ready", url, adminToken };
  if (config.readyJson) console.log(JSON.stringify(ready));
  process.send?.(ready);
}
