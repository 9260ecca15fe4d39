/** The plain FedAvg run beside the demo's, with the same seed and shards: `npm run simulate` as a child process. */
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../server-process.ts";
import type { TwinConfig } from "./demo-plan.ts";

/**
 * Runs the twin and returns its accuracy after each round, 0..1. Rejects with the end of its output when it fails.
 * @param directory where its configuration and its results go
 * @param signal kills it
 */
export async function runFedavgTwin(
  config: TwinConfig,
  directory: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const configFile = join(directory, "config.json");
  await writeFile(configFile, JSON.stringify(config, null, 2));
  const entry = join(REPOSITORY, "apps/lab/dist/commands/simulate.js");
  await runToEnd([entry, "--config", configFile, "--out", directory], signal);
  return accuraciesFrom(await readFile(join(directory, "rounds.csv"), "utf8"));
}

function runToEnd(args: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: REPOSITORY, signal, killSignal: "SIGKILL" });
    let output = "";
    const keep = (part: Buffer) => {
      output = (output + part.toString("utf8")).slice(-4000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", (code, killedBy) => {
      if (code === 0) resolve();
      else reject(new Error(`the FedAvg simulation ended with ${killedBy ?? code}:\n${output}`));
    });
  });
}

/** The column `accuracyAggregate` of a rounds.csv. Throws an Error that quotes a value that is no accuracy. */
export function accuraciesFrom(csv: string): readonly number[] {
  const [head = "", ...rows] = csv.trim().split(/\r?\n/);
  const column = head.split(",").indexOf("accuracyAggregate");
  if (column < 0) throw new Error(`rounds.csv has no column accuracyAggregate: "${head}"`);
  return rows.map((row) => {
    const cell = row.split(",")[column] ?? "";
    const accuracy = Number(cell);
    if (cell === "" || !(accuracy >= 0 && accuracy <= 1)) {
      throw new Error(`expected an accuracy in rounds.csv, got "${cell}"`);
    }
    return accuracy;
  });
}
