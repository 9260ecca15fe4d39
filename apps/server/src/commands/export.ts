/** `npm run export -- RUN --out DIR`: writes a run's whole export, the same files as the dashboard offers. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { reasonOf } from "@tributary/platform";
import { environmentProblemLines } from "@tributary/platform/environment";
import { readConfig } from "../config.ts";
import { exportRun } from "../export/export-run.ts";
import { withStorage } from "./with-storage.ts";

const usage = `usage: npm run export -- RUN --out DIR

Writes every file of a run's export below DIR: rounds, participations, manifest, snapshots and the synthetic set. It
reads the database that DATABASE_URL names, else the embedded one, which no running server may be using.`;

process.exitCode = await main(process.argv.slice(2));

/** Exit status: 0 done, 1 a fault on the way, 2 invalid arguments or settings; stderr has the reason. */
async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (typeof asked === "string") {
    console.error(`${asked}\n${usage}`);
    return 2;
  }
  if (asked.help) {
    console.log(usage);
    return 0;
  }
  const outcome = readConfig(process.env, process.cwd());
  if (!outcome.ok) {
    console.error(environmentProblemLines(outcome.problems));
    return 2;
  }
  try {
    const { run, out } = asked;
    const names = await withStorage(outcome.config, (storage) => exportRun(storage, run, out));
    console.log(`${names.length} files of run ${run} in ${out}`);
    return 0;
  } catch (error) {
    console.error(reasonOf(error));
    return 1;
  }
}

type Asked = { readonly help: true } | { readonly help: false; readonly run: string; readonly out: string };

/** A text says what is wrong with the arguments. */
function readArguments(args: readonly string[]): Asked | string {
  const options = { out: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) return { help: true };
    const [run, ...more] = positionals;
    if (run === undefined || more.length > 0) return `expected one run, got "${positionals.join(" ")}"`;
    if (values.out === undefined) return "expected a folder as --out";
    return { help: false, run, out: resolve(process.env.INIT_CWD ?? process.cwd(), values.out) };
  } catch (error) {
    return reasonOf(error);
  }
}
