/**
 * `npm run setup`: installs and builds, and does almost nothing when nothing has changed. Every other command
 * runs it first. It needs only Node and npm. It does not check types: `npm run check` and `npm test` do.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { takeLock } from "../packages/platform/src/lock-file.js";
import { runQuietly } from "./child.mjs";
import { compile, PAGES } from "./compile.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { workspacePackages } from "./workspace.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PNPM = "pnpm@12.21.0";
const OLDEST_NODE = [20, 19];
const STATE = join(ROOT, ".setup");

/** A stage of the setup failed; `output` is everything that it printed. */
export class SetupError extends Error {
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

/**
 * Brings node_modules and the built files up to date.
 * @param {(line: string) => void} say called when a stage starts and ends; not called when nothing has changed
 * @throws {SetupError}
 */
export async function setup(say = console.log) {
  refuseOldNode(process.versions.node);
  mkdirSync(STATE, { recursive: true });
  const onWait = () => say("waiting for another setup to end");
  const release = await takeLock(join(STATE, "lock"), { onWait });
  process.once("exit", release);
  try {
    for (const stage of stages()) await bringUpToDate(stage, say);
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

export function refuseOldNode(version) {
  const [major, minor] = version.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(`Node ${OLDEST_NODE.join(".")} or newer is needed, this is ${version}.`, "");
}

/** In their order. A stage is current while its inputs have the recorded fingerprint and its outputs exist. */
function stages() {
  const packages = workspacePackages(ROOT);
  const manifests = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"].concat(
    packages.map((path) => join(path, "package.json")),
  );
  const configs = packages
    .flatMap((path) => ["tsconfig.json", "tsconfig.node.json"].map((name) => join(path, name)))
    .concat("tsconfig.json", "tsconfig.base.json");
  // The pages contain the kernels' WebAssembly, which is beside the kernels' source.
  const shared = packages
    .filter((path) => path.startsWith("packages/"))
    .flatMap((path) => [join(path, "src"), join(path, "wasm")]);
  const platform = `${process.platform}-${process.arch}-${process.versions.modules}`;
  const vite = join(PAGES, "node_modules/vite/bin/vite.js");
  return [
    {
      name: "install",
      doing: "installing dependencies",
      inputs: () => fingerprint(ROOT, manifests, [PNPM, platform]),
      outputs: ["node_modules/.modules.yaml", "node_modules/.bin/tsc", vite],
      run: () =>
        runQuietly("npx", ["-y", PNPM, "install", "--frozen-lockfile"], {
          cwd: ROOT,
          // pnpm asks before it replaces a node_modules that another pnpm made; here nobody answers.
          env: { ...process.env, CI: "true" },
        }),
    },
    {
      name: "compile",
      doing: "compiling",
      inputs: () =>
        fingerprint(ROOT, [...manifests, ...configs, ...packages.map((path) => join(path, "src"))]),
      outputs: packages
        .filter((path) => path !== PAGES)
        .map((path) => join(path, "dist/.tsbuildinfo"))
        .concat("apps/server/dist/main.js"),
      run: () => compile(ROOT),
    },
    {
      name: "pages",
      doing: "building the pages",
      inputs: () => fingerprint(ROOT, [...manifests, PAGES, ...shared]),
      outputs: [join(PAGES, "dist/index.html"), join(PAGES, "dist/admin.html")],
      run: () => runQuietly(process.execPath, [join(ROOT, vite), "build"], { cwd: join(ROOT, PAGES) }),
    },
  ];
}

async function bringUpToDate(stage, say) {
  const stamp = join(STATE, stage.name);
  const inputs = stage.inputs();
  const isCurrent =
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === inputs &&
    stage.outputs.every((path) => existsSync(join(ROOT, path)));
  if (isCurrent) return;

  const startedAtMs = Date.now();
  say(`${stage.doing} ...`);
  // Without its stamp, an interrupted stage runs again.
  rmSync(stamp, { force: true });
  const { code, output } = await stage.run();
  if (code !== 0) throw new SetupError(`${stage.doing} failed with exit code ${code}`, output);
  writeFileSync(stamp, inputs);
  say(`${stage.doing}: done in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`);
}

/** Runs the setup for a command and prints a failure with its output. @returns {Promise<boolean>} whether it succeeded */
export async function setupOrExplain() {
  try {
    await setup();
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (error.output) console.error(error.output.trimEnd());
    console.error(error.message);
    return false;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = (await setupOrExplain()) ? 0 : 1;
}
