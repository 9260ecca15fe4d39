/** `node scripts/run.mjs NAME ARGS`: sets up, then runs one of the built programs in the foreground. */
import { join } from "node:path";
import { runInForeground } from "./child.mjs";
import { ensureChromium } from "./chromium.mjs";
import { PROGRAMS } from "./programs.mjs";
import { ROOT, setupOrExplain } from "./setup.mjs";

process.exit(await main(process.argv.slice(2)));

async function main([name, ...args]) {
  if (!Object.hasOwn(PROGRAMS, name ?? "")) {
    console.error(`unknown program "${name ?? ""}"; known are: ${Object.keys(PROGRAMS).join(", ")}`);
    return 2;
  }
  if (!(await setupOrExplain())) return 1;
  const env = { ...process.env };
  if (name === "demo") {
    const chromium = await ensureChromium(console.log);
    if (!chromium.path) {
      console.error(chromium.advice);
      return 1;
    }
    env.CHROMIUM_PATH = chromium.path;
  }
  return runInForeground(process.execPath, [join(ROOT, PROGRAMS[name]), ...args], { cwd: ROOT, env });
}
