/**
 * `npm run fuzz -- [--reader NAME] [--files N] [--seed N]`: reads damaged files (cut, with flipped bits, with sizes that
 * are far too large) and prints one JSON line a reader: outcomes, failures, the slowest file and the memory's peak.
 */
import { parseArgs } from "node:util";
import { oneOf, wholeNumber } from "../arguments.ts";
import { READERS, type ReaderName } from "../fuzz/readers.ts";
import { runFuzz } from "../fuzz/run-fuzz.ts";
import { exitIfStarted, runCommand } from "./command-line.ts";

const usage = `usage: npm run fuzz -- [--reader ${READERS.join(" | ")}] [--files N] [--seed N]
  --files N  files a reader, 10,000 by default
  --seed N   other files, 0 by default`;

/** A picture of the largest size takes 12 s on a slow machine, and more beside other work. */
const HANG_MS = 120_000;

type Asked = { readonly readers: readonly ReaderName[]; readonly files: number; readonly seed: number };

/** Exit status: 0 when every file was read or refused, 1 when one was not, 2 for invalid arguments. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand({ usage, read: readArguments, run: fuzz }, args);
}

async function fuzz({ readers, files, seed }: Asked): Promise<number> {
  let failures = 0;
  for (const reader of readers) {
    const report = await runFuzz({ reader, files, seed, hangMs: HANG_MS });
    console.log(JSON.stringify(report));
    failures += report.failures.length;
  }
  return failures === 0 ? 0 : 1;
}

function readArguments(args: readonly string[]): Asked {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: [...args], options: { reader: text, files: text, seed: text } });
  return {
    readers: values.reader === undefined ? READERS : [oneOf("--reader", READERS, values.reader)],
    files: wholeNumber("--files", values.files ?? "10000", 1, 100_000_000),
    seed: wholeNumber("--seed", values.seed ?? "0", 0, 2 ** 32 - 1),
  };
}

await exitIfStarted(import.meta.url, main);
