/** `npm run token [-- LABEL]`: makes one more admin token and prints it. The database keeps only its hash. */
import { reasonOf, sha256 } from "@tributary/platform";
import { environmentProblemLines } from "@tributary/platform/environment";
import { type Config, readConfig } from "../config.ts";
import { adminTokenFile, newToken } from "../secrets.ts";
import { withStorage } from "./with-storage.ts";

const usage = "usage: npm run token [-- LABEL]";

process.exitCode = await main(process.argv.slice(2));

/** Exit status: 0 done, 1 a fault on the way, 2 invalid arguments or settings; stderr has the reason. */
async function main([label = "token made by command", ...more]: readonly string[]): Promise<number> {
  if (label === "--help") {
    console.log(usage);
    return 0;
  }
  if (label.startsWith("-") || more.length > 0) {
    console.error(`expected one label, got ${JSON.stringify([label, ...more].join(" "))}\n${usage}`);
    return 2;
  }
  const outcome = readConfig(process.env, process.cwd());
  if (outcome.ok) return await makeToken(outcome.config, label);
  console.error(environmentProblemLines(outcome.problems));
  return 2;
}

async function makeToken(config: Config, label: string): Promise<number> {
  try {
    const token = newToken();
    await withStorage(config, async (storage) => {
      await storage.tokens.create(sha256(token), label);
      await storage.audit.record("command line", "create-token", null, label);
    });
    console.log(token);
    return 0;
  } catch (error) {
    console.error(reasonOf(error));
    console.error(`The token of a running server is in ${adminTokenFile(config.homeDirectory)}.`);
    return 1;
  }
}
