/**
 * `npm run parity -- [--backend NAME] [FILE...]`: compares the model's numerics with files of known numbers, and prints
 * one JSON line per file and backend. Default: the files in packages/model/fixtures/parity, on every backend. A backend
 * that this machine cannot have is left out, with a line on stderr.
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type OpenBackend, openBackend } from "@tributary/backends";
import { checkParityFile, failures, parityErrors } from "@tributary/model/parity";
import { places, reasonOf } from "@tributary/platform";
import { oneOf } from "../arguments.ts";
import { exitIfStarted, fromCaller, runCommand } from "./command-line.ts";

const EVERY_BACKEND = ["cpu", "wasm", "webgpu", "tensorflow"] as const;
type CheckedBackend = (typeof EVERY_BACKEND)[number];
/** Every machine has these backends: if one does not open, it is broken. */
const EVERYWHERE: readonly CheckedBackend[] = ["cpu", "wasm"];

const usage = `usage: npm run parity -- [--backend ${EVERY_BACKEND.join(" | ")}] [FILE...]`;

type Asked = { readonly backend: CheckedBackend | null; readonly files: readonly string[] };
type ParityFile = { readonly file: string; readonly text: string };
type Open = (backend: CheckedBackend) => Promise<Pick<OpenBackend, "close">>;

/**
 * Exit status: 0 when every file passes on every backend that opens, 1 when one does not, 2 for invalid arguments. A
 * file that cannot be read and a backend that fails stop no other.
 */
export function main(args: readonly string[], open: Open = openBackend): Promise<number> {
  return runCommand({ usage, read: readArguments, run: (asked) => check(asked, open) }, args);
}

async function check(asked: Asked, open: Open): Promise<number> {
  const all = await readFiles(asked.files.length > 0 ? asked.files : await builtInFiles());
  const files = all.filter((file) => file !== null);
  let passed = files.length === all.length;
  for (const backend of asked.backend === null ? EVERY_BACKEND : [asked.backend]) {
    if (!(await checkBackend(backend, files, asked.backend !== null, open))) passed = false;
  }
  return passed ? 0 : 1;
}

/** Whether every file passes on the backend. A backend that is left out does not fail. */
async function checkBackend(
  backend: CheckedBackend,
  files: readonly ParityFile[],
  isAsked: boolean,
  open: Open,
): Promise<boolean> {
  let opened: Awaited<ReturnType<Open>>;
  try {
    opened = await open(backend);
  } catch (error) {
    if (isAsked || EVERYWHERE.includes(backend)) return report({ backend, error: reasonOf(error) });
    console.error(`${backend} is left out: ${reasonOf(error)}`);
    return true;
  }
  let passed = true;
  for (const { file, text } of files) {
    try {
      const errors = await parityErrors(text);
      report({ file, backend, errors });
      if (failures(errors).length > 0) passed = false;
    } catch (error) {
      passed = report({ file, backend, error: reasonOf(error) });
    }
  }
  try {
    await opened.close();
  } catch (error) {
    passed = report({ backend, error: `does not close: ${reasonOf(error)}` });
  }
  return passed;
}

function readArguments(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { backend: { type: "string" } },
    allowPositionals: true,
  });
  const { backend } = values;
  return {
    backend: backend === undefined ? null : oneOf("--backend", EVERY_BACKEND, backend),
    files: positionals,
  };
}

/** null for a file that cannot be read or does not hold known numbers; its reason is then printed. */
async function readFiles(files: readonly string[]): Promise<readonly (ParityFile | null)[]> {
  return await Promise.all(
    files.map(async (file) => {
      try {
        const text = await readFile(fromCaller(file), "utf8");
        checkParityFile(text);
        return { file, text };
      } catch (error) {
        report({ file, error: reasonOf(error) });
        return null;
      }
    }),
  );
}

async function builtInFiles(): Promise<readonly string[]> {
  const folder = places.parityFiles;
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
}

/** Prints one line. Returns false, so that a caller can report and record a failure in one statement. */
function report(line: Readonly<Record<string, unknown>>): false {
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return false;
}

await exitIfStarted(import.meta.url, main);
