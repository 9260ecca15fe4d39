/** `npm run install:tensorflow [-- --gpu]`: TensorFlow's C library and its binding, for the compute process alone. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { tensorflowFolder } from "@tributary/backends";
import { reasonOf } from "@tributary/platform";
import { dryRun, install } from "./install.ts";
import type { Installation } from "./installation.ts";
import { Impossible, PYPI } from "./package-index.ts";
import { TENSORFLOW } from "./plan.ts";
import { sizeText } from "./unpack.ts";

const usage = `usage: npm run install:tensorflow -- [options]

Builds @tensorflow/tfjs-node's binding against the C library inside the wheel of TensorFlow ${TENSORFLOW}, in a folder of
its own. It neither needs nor changes Python. It needs Linux with glibc, npm and a C++ compiler (CXX, else c++).

  --gpu            the wheel for NVIDIA cards, with NVIDIA's libraries: about 3 GB to fetch (CPU: 0.3 GB)
  --wheel FILE     a wheel of tensorflow or tensorflow-cpu on this machine; its sha256 is recorded, not checked
  --folder DIR     the folder to install into (default: TRIBUTARY_TENSORFLOW, else tensorflow in TRIBUTARY_HOME)
  --dry-run        lists what would be fetched, and changes nothing
  --help

PIP_INDEX_URL names another package index than ${PYPI}.`;

/** Exit status: 0 done, 1 a fault on the way, 2 something that cannot be done; stderr has the reason and the value. */
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
    console.error(reasonOf(error));
    return error instanceof Impossible || isOfFileSystem(error) ? 2 : 1;
  }
}

/** Whether the error is the file system's: a folder that may not be written, a full disk. */
function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error;
}

type Options = ReturnType<typeof readArguments>;
/** The part of Node's diagnostic report that is used here; Node types the report as `object`. */
type Report = { readonly header: { readonly glibcVersionRuntime?: string } };

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        gpu: { type: "boolean", default: false },
        wheel: { type: "string" },
        folder: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Impossible(`${reasonOf(error)}\n${usage}`);
  }
}

function installationOf(options: Options): Installation {
  const here = process.env.INIT_CWD ?? process.cwd();
  const { header } = process.report.getReport() as Report;
  return {
    gpu: options.gpu,
    index: indexOf(process.env.PIP_INDEX_URL ?? ""),
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
    throw new Impossible(`PIP_INDEX_URL must be an http:// or https:// address, got "${written}"`);
  }
  return written;
}

const probe = fileURLToPath(new URL("../dist/try-tensorflow.js", import.meta.url));

/** Loads the result in a process of its own: a library that does not fit this machine may end its process. */
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
