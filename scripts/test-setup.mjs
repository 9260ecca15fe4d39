/**
 * Vitest's global setup: one PostgreSQL for all test files, each of which makes databases of its own on it, and
 * the Chromium that is there, where `npm test` has not named one already.
 */
import { startTestPostgres } from "../packages/storage/testing/database.ts";
import { CHROMIUM_ADVICE, findChromium } from "./chromium.mjs";

export default async function setup() {
  if (!process.env.CHROMIUM_PATH && !process.env.CHROMIUM_ADVICE) {
    const path = await findChromium();
    if (path) process.env.CHROMIUM_PATH = path;
    else process.env.CHROMIUM_ADVICE = CHROMIUM_ADVICE;
  }
  const postgres = await startTestPostgres();
  process.env.TEST_POSTGRES_ADMIN_URL = postgres.adminUrl;
  return () => postgres.stop();
}
