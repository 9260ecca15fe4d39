/** SHA-256 over the names and contents of files: it tells whether an installation or a build is current. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Nothing that is built depends on these. */
const NOT_SOURCES = /^(node_modules|dist|\.tributary)$|\.test\.[a-z]+$/;

/**
 * @param {string} root the folder that `paths` are relative to
 * @param {readonly string[]} paths files, and folders with everything below them except tests; a path without a
 *   file adds nothing
 * @param {readonly string[]} extra further texts that the result depends on
 * @returns {string} 64 hexadecimal digits
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
    .filter((name) => !NOT_SOURCES.test(name))
    .flatMap((name) => filesBelow(root, join(path, name)));
}
