/** TypeScript -> JavaScript for Node, from each package's `src` to its `dist`. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runQuietly } from "./child.mjs";
import { workspacePackages } from "./workspace.mjs";

/** Vite builds it, and empties its dist folder. */
export const PAGES = "apps/web-client";

const COMPILED = /(\.d\.ts|\.js)(\.map)?$/;
const SOURCES = [".ts", ".tsx", ".js"];

/**
 * Compiles what has changed. It does not check types, which would take several times as long: a program must start
 * soon, and `npm run check` and `npm test` check.
 * @param {string} root the repository
 * @param {readonly string[]} projects folders whose packages are compiled, with those that they depend on; none: all
 * @returns {Promise<{code: number, output: string}>} `code` is 0 on success
 */
export function compile(root, projects = []) {
  for (const path of workspacePackages(root).filter((path) => path !== PAGES)) {
    removeStaleOutputs(join(root, path));
  }
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return runQuietly(process.execPath, [tsc, "-b", "--noCheck", ...projects], { cwd: root });
}

/**
 * Removes compiled files whose source is gone. The compiler leaves them, and a program would still start from them.
 * @param {string} folder a package with `src`, which the compiler writes to `dist`
 */
export function removeStaleOutputs(folder) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist, { recursive: true }).filter((name) => COMPILED.test(name))) {
    const source = join(folder, "src", name.replace(COMPILED, ""));
    if (!SOURCES.some((extension) => existsSync(source + extension))) rmSync(join(dist, name));
  }
}
