/** `npm run install:tensorflow [-- --gpu]`: TensorFlow's C library and its binding, for the compute process alone. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { tensorflowFolder } from "@tributary/backends";
import { dryRun, type Installation, install } from "./install.ts";
import { Impossible, PYPI } from "./package-index.ts";
import { TENSORFLOW } from "./plan.ts";
import { sizeText } from "./unpack.ts";
import { isRelease } from "./wheel-name.ts";

const usage = `usage: npm run install:tensorflow -- [options]

Builds @tensorflow/tfjs-node's binding against the C library inside a TensorFlow wheel from PyPI, in a folder of its
own. Python is not needed, and not touched. Wants Linux with glibc, npm and a C++ compiler (CXX, else c++).

  --gpu            the wheel for NVIDIA cards and NVIDIA's libraries, about 3 GB to fetch (CPU: 0.3 GB)
  --version X      TensorFlow's version (${TENSORFLOW})
  --wheel FILE     a wheel that is here already, of tensorflow or tensorflow-cpu; its sha256 is recorded, not checked
  --index URL      a package index with PyPI's simple API (PIP_INDEX_URL, else ${PYPI})
  --folder DIR     where to (TRIBUTARY_TENSORFLOW, else tensorflow in TRIBUTARY_HOME, else .tributary/tensorflow)
  --dry-run        only lists what would be fetched
  --help`;

/** Exit status: 0 done, 1 broken on the way, 2 asked for something impossible (said on stderr, with the value). */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readArguments(args);
    if (options.help) {
      console.log(usage);
      return 0;
    }
    const installation = installationOf(options);
    if (options["dry-run"]) await dryRun(installation);
    else {
      const { project, version, wheels } = await install(installation);
      const bytes = wheels.reduce((sum, { extractedBytes }) => sum + extractedBytes, 0);
      console.log(
        `${project} ${version}: ${sizeText(bytes)} of libraries and headers in ${installation.folder}`,
      );
      if (!installation.gpu)
        console.log("on a CPU wasm comes first; COMPUTE_BACKEND=tensorflow takes this one");
    }
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof Impossible || isOfFileSystem(error) ? 2 : 1;
  }
}

/** A folder that may not be written, a full disk. */
function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error;
}

type Options = ReturnType<typeof readArguments>;

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        gpu: { type: "boolean", default: false },
        version: { type: "string", default: TENSORFLOW },
        wheel: { type: "string" },
        index: { type: "string" },
        folder: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (!isRelease(values.version)) {
      throw new Impossible(`--version must be a release such as ${TENSORFLOW}, got "${values.version}"`);
    }
    return values;
  } catch (error) {
    if (error instanceof Impossible) throw error;
    throw new Impossible(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function installationOf(options: Options): Installation {
  const here = process.env.INIT_CWD ?? process.cwd();
  const { header } = process.report.getReport() as unknown as {
    readonly header: { readonly glibcVersionRuntime?: string };
  };
  return {
    version: options.version,
    gpu: options.gpu,
    index: indexOf(options.index ?? process.env.PIP_INDEX_URL ?? ""),
    wheel: options.wheel === undefined ? null : resolve(here, options.wheel),
    folder: options.folder === undefined ? tensorflowFolder() : resolve(here, options.folder),
    platform: { os: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime ?? null },
    compiler: process.env.CXX,
    nowMs: Date.now,
    say: (line) => console.log(line),
    tryOut,
  };
}

function indexOf(written: string): string {
  if (written === "") return PYPI;
  if (!URL.canParse(written) || !/^https?:/.test(written)) {
    throw new Impossible(`the index must be an http:// or https:// address, got "${written}"`);
  }
  return written;
}

const probe = fileURLToPath(new URL("../dist/try-tensorflow.js", import.meta.url));

/** A library that cannot be loaded here may end the process: it is loaded in one of its own. */
async function tryOut(home: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [probe, home], { timeout: 120_000 });
    return stdout.trim();
  } catch (error) {
    const { stderr, signal, message } = error as { stderr?: string; signal?: string; message: string };
    const last = stderr?.trim().split("\n").slice(-5).join("\n");
    throw new Impossible(`what was built does not load: ${signal ?? ""} ${last || message}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exit(await main(process.argv.slice(2)));
