/** For tests: a fresh database of its own per call, on a real PostgreSQL. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../src/database.ts";
import { startEmbeddedPostgres } from "../src/embedded-postgres.ts";
import type { Storage } from "../src/storage.ts";
import { openStorage } from "../src/storage.ts";

export type TestDatabase = {
  readonly databaseUrl: string;
  readonly storage: Storage;
  /** Closes the storage and drops the database; other connections to it end. */
  close(): Promise<void>;
};

/** A PostgreSQL on which databases may be created, and how to end it. */
export type TestPostgres = { readonly adminUrl: string; stop(): Promise<void> };

/** Starts an embedded PostgreSQL in a temporary folder. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), "tributary-test-postgres-"));
  const server = await startEmbeddedPostgres({ directory, log: () => undefined });
  return {
    adminUrl: server.databaseUrl,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A fresh database with the newest schema, on the server that `adminUrl` names. */
export async function createTestDatabase(adminUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  const admin = connect(adminUrl, { max: 1, name: "tributary test" });
  await admin`create database ${admin(name)}`;
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const storage = await openStorage({ databaseUrl: url.href });
  return {
    databaseUrl: url.href,
    storage,
    async close() {
      await storage.close();
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
    },
  };
}

/**
 * A fresh database on the PostgreSQL of TEST_POSTGRES_ADMIN_URL, which the test run's global setup sets; where it
 * is not set, on an embedded one that ends with `close`.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env.TEST_POSTGRES_ADMIN_URL;
  if (adminUrl !== undefined) return createTestDatabase(adminUrl);
  const server = await startTestPostgres();
  const database = await createTestDatabase(server.adminUrl);
  return {
    ...database,
    async close() {
      await database.close();
      await server.stop();
    },
  };
}
