/**
 * `npm run setup`: installs and builds, and does next to nothing when nothing has changed. Every other command
 * runs it first. It needs Node and npm, and nothing that would have to be installed before it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runQuietly } from "./child.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { takeLock } from "./lock.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PNPM = "pnpm@12.21.0";
const LEAST_NODE = [20, 19];
const PAGES = "apps/web-client";
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
 * @param {(line: string) => void} say told what is being done, and how long it took; silent when nothing is
 * @throws {SetupError}
 */
export async function setup(say = console.log) {
  refuseOldNode(process.versions.node);
  const release = await takeLock(join(STATE, "lock"), () => say("waiting for another setup to end"));
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
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new SetupError(`Node ${LEAST_NODE.join(".")} or newer is needed, this is ${version}.`, "");
}

/** In order. A stage is current while the fingerprint of its inputs is the recorded one and its outputs exist. */
function stages() {
  const packages = workspacePackages();
  const manifests = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"].concat(
    packages.map((path) => join(path, "package.json")),
  );
  const configs = packages
    .flatMap((path) => ["tsconfig.json", "tsconfig.node.json"].map((name) => join(path, name)))
    .concat("tsconfig.json", "tsconfig.base.json");
  // The pages hold the kernels' WebAssembly, which lies beside its host code.
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
      // The pages' own folder is emptied by their build.
      outputs: packages
        .filter((path) => path !== PAGES)
        .map((path) => join(path, "dist/.tsbuildinfo"))
        .concat("apps/server/dist/main.js"),
      run: () => runQuietly(process.execPath, ["node_modules/typescript/bin/tsc", "-b"], { cwd: ROOT }),
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

function workspacePackages() {
  const below = (folder) =>
    readdirSync(join(ROOT, folder))
      .map((name) => join(folder, name))
      .filter((path) => existsSync(join(ROOT, path, "package.json")));
  return [...below("packages"), ...below("apps"), "e2e"];
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
  // A stage that is interrupted must run again.
  rmSync(stamp, { force: true });
  const { code, output } = await stage.run();
  if (code !== 0) throw new SetupError(`${stage.doing} failed with exit code ${code}`, output);
  mkdirSync(STATE, { recursive: true });
  writeFileSync(stamp, inputs);
  say(`${stage.doing}: done in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`);
}

/** Runs the setup for a command; prints a failure whole. @returns {Promise<boolean>} whether all is ready */
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
