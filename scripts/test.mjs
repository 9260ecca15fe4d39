/**
 * `npm test`: sets up, checks types, lints, holds the limits of the code's shape, runs every test, real browsers
 * included, and looks for what the tests left behind. A stage that fails counts as one failure. The last line is
 * always `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureChromium } from "./chromium.mjs";
import { ensureFirefox } from "./firefox.mjs";
import { watchLeftovers } from "./leftovers.mjs";
import { ROOT, setupOrExplain } from "./setup.mjs";

const TSC = "node_modules/typescript/bin/tsc";
const SUMMARY = join(ROOT, ".setup", `test-summary-${process.pid}.json`);

const counts = { passed: 0, failed: 0 };
const env = { ...process.env, TEST_SUMMARY_FILE: SUMMARY };

if (await stage("setup", setupOrExplain)) {
  await stage("types", () => [["-b"], ["-p", "tsconfig.test.json"]].every((args) => runs(TSC, args)));
  await stage("lint", () => runs("node_modules/@biomejs/biome/bin/biome", ["ci", "."]));
  await stage("measure", () => runs("scripts/measure-code.mjs", ["--check"]));
  await stage("browsers", findBrowsers);
  const leftovers = watchLeftovers(ROOT);
  env.TMPDIR = leftovers.temporaryDirectory;
  await stage("tests", runTests);
  await stage("leftovers", () => removeLeftovers(leftovers));
}
if (counts.passed + counts.failed === 0) console.log("no test ran");
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
console.log(`${counts.passed} passed, ${counts.failed} failed`);

/** Runs one stage, prints its time, and counts its failure. */
async function stage(name, run) {
  const startedAtMs = Date.now();
  const succeeded = await run();
  if (!succeeded) counts.failed += 1;
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`[${name}] ${succeeded ? "done" : "FAILED"} in ${seconds} s`);
  return succeeded;
}

function runs(script, args) {
  return spawnSync(process.execPath, [script, ...args], { cwd: ROOT, env, stdio: "inherit" }).status === 0;
}

/** This stage never fails: without a browser, each browser test fails with the advice. */
async function findBrowsers() {
  const chromium = await ensureChromium(console.log);
  if (chromium.path) env.CHROMIUM_PATH = chromium.path;
  else env.CHROMIUM_ADVICE = chromium.advice;
  console.log(chromium.path ?? chromium.advice);
  const firefox = await ensureFirefox(console.log);
  if (firefox.path) env.FIREFOX_PATH = firefox.path;
  else env.FIREFOX_ADVICE = firefox.advice;
  console.log(firefox.path ?? firefox.advice);
  return true;
}

/** Failing tests count one by one. A Vitest that ends badly without a failing test counts as one failure. */
function runTests() {
  const ended = runs("node_modules/vitest/vitest.mjs", ["run", ...process.argv.slice(2)]);
  if (!existsSync(SUMMARY)) return false;
  const summary = JSON.parse(readFileSync(SUMMARY, "utf8"));
  rmSync(SUMMARY);
  counts.passed += summary.passed;
  counts.failed += summary.failed;
  return ended || summary.failed > 0;
}

async function removeLeftovers(leftovers) {
  const left = await leftovers.remove();
  for (const line of left) console.log(`the tests left ${line}`);
  return left.length === 0;
}
