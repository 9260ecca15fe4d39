/** Real headless Firefox, as the distribution has it. It opens one page; what happens there the page itself reports. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.aboutwelcome.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

/**
 * Opens `url` in the Firefox that FIREFOX_PATH names, with a fresh profile; returns a function that ends it.
 * @throws Error that says what to install, when there is none
 */
export async function openInFirefox(url: string): Promise<() => Promise<void>> {
  const executablePath = process.env.FIREFOX_PATH;
  if (!executablePath) {
    throw new Error(process.env.FIREFOX_ADVICE ?? "set FIREFOX_PATH to a Firefox, or run this through npm");
  }
  const profile = await mkdtemp(join(tmpdir(), "tributary-firefox-"));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});`);
  await writeFile(join(profile, "user.js"), lines.join("\n"));
  const firefox = spawn(executablePath, ["--headless", "--no-remote", "--profile", profile, url], {
    stdio: "ignore",
    // Its home too is the profile: a container's root may have none that can be written.
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
    // A group of its own, so that its content processes end with it.
    detached: true,
  });
  await once(firefox, "spawn");
  return async () => {
    if (firefox.exitCode === null && firefox.signalCode === null) {
      process.kill(-(firefox.pid as number), "SIGKILL");
      await once(firefox, "close");
    }
    await rm(profile, { recursive: true, maxRetries: 5 });
  };
}
