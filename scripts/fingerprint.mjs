/** SHA-256 over files' names and contents: what tells whether an installation or a build is still current. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const NOT_SOURCES = new Set(["node_modules", "dist", ".tributary"]);

/**
 * @param {string} root folder that `paths` are relative to
 * @param {readonly string[]} paths files, or folders with everything below; a missing one counts as missing
 * @param {readonly string[]} extra further strings to take in
 */
export function fingerprint(root, paths, extra = []) {
  const hash = createHash("sha256");
  for (const text of extra) hash.update(`${text}\0`);
  for (const path of paths.flatMap((path) => filesBelow(root, path)).sort()) {
    hash.update(`${path}\0`);
    hash.update(
      createHash("sha256")
        .update(readFileSync(join(root, path)))
        .digest(),
    );
  }
  return hash.digest("hex");
}

function filesBelow(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .filter((name) => !NOT_SOURCES.has(name))
    .flatMap((name) => filesBelow(root, join(path, name)));
}
