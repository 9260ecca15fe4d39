/** Finds a Chromium that starts, and installs one if it can. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { runQuietly } from "./child.mjs";
import { ROOT } from "./setup.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
export const CHROMIUM_ADVICE =
  "no Chromium that starts was found: install Debian's or Ubuntu's package `chromium`, " +
  "or run `npx playwright-core@1.65.1 install --with-deps chromium`, or set CHROMIUM_PATH to one";

/** @returns {Promise<string | null>} the path of a Chromium that starts, if there is one */
export async function findChromium() {
  for (const path of candidates()) {
    if (await starts(path)) return path;
  }
  return null;
}

/**
 * Finds a Chromium or installs one: the distribution's with apt-get if this is root, otherwise Playwright's.
 * @param {(line: string) => void} say called before an installation
 * @returns {Promise<{path: string} | {path: null, advice: string}>}
 */
export async function ensureChromium(say) {
  const found = await findChromium();
  if (found) return { path: found };
  const attempts = [];
  for (const installer of installers()) {
    say(`installing Chromium with ${installer.name} ...`);
    const failure = await installer.run();
    const path = failure === null ? await findChromium() : null;
    if (path) return { path };
    attempts.push(`${installer.name}: ${failure ?? "installed, but it does not start"}`);
  }
  return { path: null, advice: [...attempts, CHROMIUM_ADVICE].join("\n") };
}

function candidates() {
  if (process.env.CHROMIUM_PATH) return [process.env.CHROMIUM_PATH];
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const installed = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const own = playwrightsOwn();
  return [...new Set(own ? [...installed, own] : installed)].filter((path) => existsSync(path));
}

function playwrightsOwn() {
  try {
    return createRequire(join(ROOT, "e2e/package.json"))("playwright-core").chromium.executablePath();
  } catch {
    return null;
  }
}

/** A file alone proves nothing: Ubuntu's `chromium-browser` is a stub that asks for a snap. */
export async function starts(path) {
  const { code, output } = await runQuietly(path, ["--version"], { timeout: 60_000 });
  return code === 0 && /\d+\.\d+\.\d+/.test(output);
}

function installers() {
  const isRoot = process.getuid?.() === 0;
  const hasApt = isRoot && existsSync("/usr/bin/apt-get");
  const playwright = [join(ROOT, "e2e/node_modules/playwright-core/cli.js"), "install"];
  if (hasApt) playwright.push("--with-deps");
  const own = {
    name: `Playwright, into ${join(homedir(), ".cache/ms-playwright")}`,
    run: () => steps([[process.execPath, [...playwright, "chromium"]]]),
  };
  const apt = {
    name: "apt-get",
    run: () =>
      steps([
        ["apt-get", ["update"]],
        ["apt-get", ["install", "-y", "--no-install-recommends", "chromium"]],
      ]),
  };
  return hasApt ? [apt, own] : [own];
}

/** Runs commands in order. @returns {Promise<string | null>} the last lines of the one that failed; null on success */
export async function steps(commands) {
  for (const [command, args] of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { code, output } = await runQuietly(command, args, { env });
    if (code !== 0) return `exit code ${code}: ${output.trim().split("\n").slice(-3).join(" / ")}`;
  }
  return null;
}
