/** The packages and apps of the workspace, as their manifests describe them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @returns {string[]} the folder of each package, relative to `root` */
export function workspacePackages(root) {
  const below = (folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name)) : [];
  return [...below("packages"), ...below("apps"), "e2e"].filter((path) =>
    existsSync(join(root, path, "package.json")),
  );
}

export function readManifest(root, path) {
  return JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
}

/** @returns {Map<string, string>} what a package is imported as -> that export's source file, relative to `root` */
export function sourceEntries(root) {
  const entries = new Map();
  for (const path of workspacePackages(root)) {
    const { name, exports = {} } = readManifest(root, path);
    for (const [key, { source }] of Object.entries(exports)) {
      if (source !== undefined) entries.set(name + key.slice(1), join(path, source));
    }
  }
  return entries;
}

/** @returns {string[]} the folder of a package, and those of all packages that it depends on at run time */
export function dependencyClosure(root, path) {
  const folders = new Map(workspacePackages(root).map((folder) => [readManifest(root, folder).name, folder]));
  const closure = new Set([path]);
  for (const folder of closure) {
    for (const name of Object.keys(readManifest(root, folder).dependencies ?? {})) {
      if (folders.has(name)) closure.add(folders.get(name));
    }
  }
  return [...closure];
}
