/** Real headless Chromium, with the same switches everywhere. */
import { type Browser, chromium } from "playwright-core";

/** Whoever opens a browser also closes it: on a signal Playwright would end the whole process. */
const OURS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

const SWITCHES = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts the Chromium that CHROMIUM_PATH names. Root cannot have Chromium's sandbox; where a container denies it
 * to others too, the browser starts without it: it only ever opens pages of our own server.
 * @throws Error that says what to install, when there is none
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath) {
    throw new Error(
      process.env.CHROMIUM_ADVICE ?? "set CHROMIUM_PATH to a Chromium, or run this through npm",
    );
  }
  const launch = (chromiumSandbox: boolean) =>
    chromium.launch({ ...OURS, executablePath, headless: true, chromiumSandbox, args: SWITCHES });
  if (process.getuid?.() === 0) return launch(false);
  try {
    return await launch(true);
  } catch (error) {
    if (!(error instanceof Error) || !/sandbox/i.test(error.message)) throw error;
    return launch(false);
  }
}
