/** `node scripts/run.mjs NAME ARGS`: sets up, then runs one of the built programs in the foreground. */
import { join } from "node:path";
import { runInForeground } from "./child.mjs";
import { ensureChromium } from "./chromium.mjs";
import { ROOT, setupOrExplain } from "./setup.mjs";

const PROGRAMS = {
  start: "apps/server/dist/main.js",
  dev: "scripts/dev.mjs",
  volunteers: "apps/node-volunteer/dist/main.js",
  demo: "e2e/dist/demo/main.js",
  simulate: "apps/lab/dist/commands/simulate.js",
  experiment: "apps/lab/dist/commands/experiment.js",
  parity: "apps/lab/dist/commands/parity.js",
  bench: "apps/lab/dist/commands/bench.js",
  doctor: "apps/lab/dist/commands/doctor.js",
  "install:tensorflow": "apps/tensorflow-installer/dist/main.js",
  "bundle:compute": "scripts/bundle-compute.mjs",
  token: "apps/server/dist/commands/token.js",
  export: "apps/server/dist/commands/export.js",
};

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
