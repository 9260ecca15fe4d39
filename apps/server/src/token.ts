/** `npm run token [-- LABEL]`: makes one more admin token and prints it. The database keeps only its hash. */

import { sha256 } from "@tributary/platform";
import { openStorage } from "@tributary/storage";
import { pino } from "pino";
import { readConfig } from "./config.ts";
import { adminTokenFile, newToken } from "./secrets.ts";
import { closedTogether, openDatabase } from "./start.ts";

const usage = "usage: npm run token [-- LABEL]";
const [label = "token made by command", ...more] = process.argv.slice(2);
if (label === "--help") {
  console.log(usage);
  process.exit(0);
}
if (label.startsWith("-") || more.length > 0) {
  console.error(`expected one label, got ${JSON.stringify(process.argv.slice(2).join(" "))}\n${usage}`);
  process.exit(2);
}
const outcome = readConfig(process.env, process.cwd());
if (!outcome.ok) {
  for (const problem of outcome.problems) console.error(problem);
  process.exit(2);
}
const log = pino({ level: "warn" }, pino.destination({ dest: 2, sync: true }));
const resources = closedTogether(log);
try {
  const databaseUrl = await openDatabase(outcome.config, (message) => log.info(message), resources);
  const storage = await openStorage({ databaseUrl });
  resources.add("storage", () => storage.close());
  const token = newToken();
  await storage.tokens.create(sha256(token), label);
  await storage.audit.record("command line", "create-token", null, label);
  console.log(token);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.error(`The token of a server that runs is in ${adminTokenFile(outcome.config.homeDirectory)}.`);
  process.exitCode = 1;
} finally {
  await resources.close();
}
