/**
 * What the selected test files need before they run. It is read from their text and from every file of the
 * repository that they lead to, so that a test cannot forget to declare it.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { sourceEntries } from "./workspace.mjs";

/** A word in a test or in a file that it leads to -> what it stands for. A word too many costs time only. */
const SIGNS = {
  build: /\bdist\b/,
  postgres: /\bTEST_POSTGRES_ADMIN_URL\b/,
  chromium: /\bCHROMIUM_PATH\b/,
  firefox: /\bFIREFOX_PATH\b/,
};
const QUOTED = /["'`]([@\w./-]+)["'`]/g;
const CODE = /\.(ts|tsx|mjs|cjs|js)$/;

/**
 * @param {readonly string[]} testFiles absolute paths
 * @param {string} root the repository
 * @returns {{build: boolean, postgres: boolean, chromium: boolean, firefox: boolean}} `build`: current files in `dist/`;
 *   `postgres`: a PostgreSQL; `chromium`, `firefox`: a browser
 */
export function needsOf(testFiles, root) {
  const texts = reachableTexts(testFiles, root);
  const has = (sign) => texts.some((text) => sign.test(text));
  return {
    build: has(SIGNS.build),
    postgres: has(SIGNS.postgres),
    chromium: has(SIGNS.chromium),
    firefox: has(SIGNS.firefox),
  };
}

function reachableTexts(testFiles, root) {
  const entries = sourceEntries(root);
  const texts = new Map();
  const pending = [...testFiles];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (texts.has(file)) continue;
    const text = readFileSync(file, "utf8");
    texts.set(file, text);
    for (const [, quoted] of text.matchAll(QUOTED)) pending.push(...filesNamed(quoted, file, root, entries));
  }
  return [...texts.values()];
}

/** The code file that a quoted text imports or names, relative to the file or to the repository. */
function filesNamed(quoted, from, root, entries) {
  if (entries.has(quoted)) return [join(root, entries.get(quoted))];
  if (!CODE.test(quoted)) return [];
  return [resolve(dirname(from), quoted), resolve(root, quoted)].filter(
    (path) => isOurs(relative(root, path)) && existsSync(path) && statSync(path).isFile(),
  );
}

function isOurs(path) {
  return !path.split("/").some((part) => part === ".." || part === "node_modules" || part === "dist");
}
