/**
 * Vitest's global setup. It prepares what the selected tests need: current files in `dist/` where they start
 * programs, one PostgreSQL on which each test file makes databases of its own, and the paths of Chromium and Firefox.
 */
import { startTestPostgres } from "../packages/storage/testing/database.ts";
import { CHROMIUM_ADVICE, findChromium } from "./chromium.mjs";
import { FIREFOX_ADVICE, findFirefox } from "./firefox.mjs";
import { setup as build, ROOT, SetupError } from "./setup.mjs";
import { needsOf } from "./test-needs.mjs";

/** @param {import("vitest/node").TestProject} project */
export default async function setup(project) {
  const { testFiles, typecheckTestFiles } = await project.globTestFiles(project.vitest.filenamePattern);
  const needs = needsOf([...testFiles, ...typecheckTestFiles], ROOT);
  if (needs.build) await buildOrRefuse();
  // In watch mode a source may have changed since the last run.
  project.onTestsRerun(async (specifications) => {
    if (
      needsOf(
        specifications.map(({ moduleId }) => moduleId),
        ROOT,
      ).build
    )
      await buildOrRefuse();
  });
  if (needs.chromium && !process.env.CHROMIUM_PATH && !process.env.CHROMIUM_ADVICE) {
    const path = await findChromium();
    if (path) process.env.CHROMIUM_PATH = path;
    else process.env.CHROMIUM_ADVICE = CHROMIUM_ADVICE;
  }
  if (needs.firefox && !process.env.FIREFOX_PATH && !process.env.FIREFOX_ADVICE) {
    const path = await findFirefox();
    if (path) process.env.FIREFOX_PATH = path;
    else process.env.FIREFOX_ADVICE = FIREFOX_ADVICE;
  }
  if (!needs.postgres) return;
  const postgres = await startTestPostgres();
  process.env.TEST_POSTGRES_ADMIN_URL = postgres.adminUrl;
  return () => postgres.stop();
}

/** Tests that start built programs must not pass on an older build, so without a current one no test runs. */
async function buildOrRefuse() {
  try {
    await build();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new Error(`the tests start built programs, and the build failed\n${error.output}${error.message}`);
  }
}
