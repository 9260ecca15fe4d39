/**
 * `npm run parity -- [--backend NAME] [FILE...]`: compares this package's numerics with files of known numbers.
 * One JSON line per file and backend; without files, the copies in packages/model/fixtures/parity. Without a name,
 * every backend; one that this machine cannot have is left out, which a line on stderr says.
 */

import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type OpenBackend, openBackend } from "@tributary/backends";
import { checkParityFile, failures, parityErrors } from "@tributary/model/parity";
import { places } from "@tributary/platform";

const EVERY_BACKEND = ["cpu", "wasm", "webgpu", "tensorflow"] as const;
type CheckedBackend = (typeof EVERY_BACKEND)[number];
/** Every machine has these: one that does not open is broken. */
const EVERYWHERE: readonly CheckedBackend[] = ["cpu", "wasm"];

const usage = `usage: npm run parity -- [--backend ${EVERY_BACKEND.join(" | ")}] [FILE...]`;

type Asked = { readonly backend: CheckedBackend | null; readonly files: readonly string[] };
type ParityFile = { readonly file: string; readonly text: string };
type Open = (backend: CheckedBackend) => Promise<Pick<OpenBackend, "close">>;

/**
 * Exit status: 0 when every file passes on every backend that opens, 1 when one does not, 2 for arguments that make
 * no sense. Neither a file that cannot be read nor a backend that fails, wherever it does, stops the others.
 */
export async function main(args: readonly string[], open: Open = openBackend): Promise<number> {
  if (args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const asked = readArguments(args);
  if (typeof asked === "string") {
    console.error(asked);
    return 2;
  }
  const files = await readFiles(asked.files.length > 0 ? asked.files : await builtInFiles());
  let passed = files.every((file) => file !== null);
  for (const backend of asked.backend === null ? EVERY_BACKEND : [asked.backend]) {
    const isHeld = await checkBackend(
      backend,
      files.filter((file) => file !== null),
      asked.backend !== null,
      open,
    );
    passed &&= isHeld;
  }
  return passed ? 0 : 1;
}

/** Whether every file passes on the backend; one that is left out holds nothing up. */
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

function readArguments(args: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { backend: { type: "string" } },
      allowPositionals: true,
    });
    const { backend: name } = values;
    const backend = EVERY_BACKEND.find((known) => known === name) ?? null;
    if (name !== undefined && backend === null) {
      return `expected --backend ${EVERY_BACKEND.join(" | ")}, got ${name}`;
    }
    return { backend, files: positionals };
  } catch (error) {
    return `${reasonOf(error)}\n${usage}`;
  }
}

/** Where npm was called, so that relative paths mean what the caller meant. */
const callerFolder = process.env.INIT_CWD ?? process.cwd();

/** Null for a file that cannot be read or is none of known numbers, whose reason is then printed. */
async function readFiles(files: readonly string[]): Promise<readonly (ParityFile | null)[]> {
  return await Promise.all(
    files.map(async (file) => {
      try {
        const text = await readFile(resolve(callerFolder, file), "utf8");
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

/** Prints one line; false, so that a caller can note the failure in the same breath. */
function report(line: Readonly<Record<string, unknown>>): false {
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return false;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exit(await main(process.argv.slice(2)));
