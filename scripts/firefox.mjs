/** Finds a Firefox that starts, and installs one if it can. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { starts, steps } from "./chromium.mjs";

const NAMES = ["firefox-esr", "firefox"];
export const FIREFOX_ADVICE =
  "no Firefox that starts was found: install Debian's package `firefox-esr`, or set FIREFOX_PATH to one";

/** @returns {Promise<string | null>} the path of a Firefox that starts, if there is one */
export async function findFirefox() {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const installed = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const candidates = process.env.FIREFOX_PATH ? [process.env.FIREFOX_PATH] : installed;
  for (const path of new Set(candidates)) {
    if (existsSync(path) && (await starts(path))) return path;
  }
  return null;
}

/**
 * Finds a Firefox or installs the distribution's with apt-get, if this is root.
 * @param {(line: string) => void} say called before an installation
 * @returns {Promise<{path: string} | {path: null, advice: string}>}
 */
export async function ensureFirefox(say) {
  const found = await findFirefox();
  if (found) return { path: found };
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    return { path: null, advice: FIREFOX_ADVICE };
  say("installing Firefox with apt-get ...");
  const failure = await steps([
    ["apt-get", ["update"]],
    ["apt-get", ["install", "-y", "--no-install-recommends", "firefox-esr"]],
  ]);
  const path = failure === null ? await findFirefox() : null;
  return path
    ? { path }
    : { path: null, advice: `apt-get: ${failure ?? "installed, but it does not start"}\n${FIREFOX_ADVICE}` };
}
