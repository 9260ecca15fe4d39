/**
 * `npm run parity -- [--backend NAME] [FILE...]`: compares this package's numerics with files of known numbers.
 * One JSON line per file and backend; without files, the copies in packages/model/fixtures/parity.
 */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { failures, parityErrors } from "@tributary/model/parity";
import { openBackend } from "../compute/backends.ts";

const EVERY_BACKEND = ["cpu", "wasm", "webgpu"] as const;
type CheckedBackend = (typeof EVERY_BACKEND)[number];

/** Exit code: 0 when every file passes on every backend, else 1. A file that cannot be read never stops the others. */
export async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { backend: { type: "string" } },
    allowPositionals: true,
  });
  const backends = chosenBackends(values.backend);
  const texts = await readFiles(positionals.length > 0 ? positionals : await builtInFiles());
  let passed = texts.every(({ text }) => text !== null);
  const broken = new Set<string>();
  for (const backend of backends) {
    const open = await openBackend(backend).catch((error: Error) => error);
    if (open instanceof Error) {
      // Most machines have no WebGPU adapter; a backend that was asked for by name has to be there.
      if (backend !== "webgpu" || values.backend !== undefined)
        passed = report({ backend, error: open.message });
      continue;
    }
    for (const { file, text } of texts) {
      if (text === null || broken.has(file)) continue;
      try {
        const errors = await parityErrors(text);
        report({ file, backend, errors });
        if (failures(errors).length > 0) passed = false;
      } catch (error) {
        broken.add(file);
        passed = report({ file, error: reasonOf(error) });
      }
    }
    await open.close();
  }
  return passed ? 0 : 1;
}

function chosenBackends(name: string | undefined): readonly CheckedBackend[] {
  if (name === undefined) return EVERY_BACKEND;
  const known = EVERY_BACKEND.filter((backend) => backend === name);
  if (known.length === 0) throw new Error(`expected --backend ${EVERY_BACKEND.join(" | ")}, got ${name}`);
  return known;
}

/** Where npm was called, so that relative paths mean what the caller meant. */
const callerFolder = process.env.INIT_CWD ?? process.cwd();

async function readFiles(files: readonly string[]) {
  return await Promise.all(
    files.map(async (file) => {
      try {
        return { file, text: await readFile(resolve(callerFolder, file), "utf8") };
      } catch (error) {
        report({ file, error: reasonOf(error) });
        return { file, text: null };
      }
    }),
  );
}

async function builtInFiles(): Promise<readonly string[]> {
  const folder = fileURLToPath(new URL("../../../../packages/model/fixtures/parity", import.meta.url));
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

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.exit(await main(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exit(1);
  }
}
