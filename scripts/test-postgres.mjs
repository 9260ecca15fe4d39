/** Vitest's global setup: one PostgreSQL for all test files, each of which makes databases of its own on it. */
import { startTestPostgres } from "../apps/server/src/storage/test-database.ts";

export default async function setup() {
  const postgres = await startTestPostgres();
  process.env.TEST_POSTGRES_ADMIN_URL = postgres.adminUrl;
  return () => postgres.stop();
}
